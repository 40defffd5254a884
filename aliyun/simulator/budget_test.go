package simulator_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

func TestBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.New()
		rival := 0
		s.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{
			{ID: "testid", Secret: "testsecret"}, {ID: "ram", Secret: "testsecret"},
		}, Rival: func(time.Time) int { return rival }})
		s.AddAccount(gateway.Account{Name: "other", Limit: 3, ThrottleStatus: 429, Keys: []gateway.Key{
			{ID: "third", Secret: "testsecret"},
		}})
		// calls makes n calls at the same time and returns how many were accepted.
		calls := func(n int, c signing) (accepted int, last reply) {
			for range n {
				last = send(t, s, c.acs3())
				if last.code() != "Throttling.User" {
					accepted++
				}
			}
			return accepted, last
		}
		expect := func(what string, c signing, want, status int) {
			t.Helper()
			got, last := calls(12, c)
			if got != want || last.status != status {
				t.Errorf("%s: %d accepted and %d at last, want %d and %d", what, got, last.status, want, status)
			}
		}
		if got, _ := calls(4, signing{}); got != 4 {
			t.Errorf("the first four: %d", got)
		}
		expect("another key of the account", signing{id: "ram"}, 6, 400)
		expect("another operation", signing{action: "ListOTAFirmware"}, 10, 400)
		expect("another account, limit 3, status 429", signing{id: "third"}, 3, 429)
		time.Sleep(time.Second - 1)
		expect("a nanosecond short of a second", signing{}, 0, 400)
		time.Sleep(time.Nanosecond)
		expect("after the second: refused calls do not count", signing{}, 10, 400)
		time.Sleep(time.Second)
		rival = 7
		expect("beside a rival", signing{}, 3, 400)

		got := s.Calls("main", "QueryOTAJob")
		if got.Throttled != 6+12+2+9 || got.Other["MissingJobId"] != 4+6+10+3 || got.Accepted != 0 {
			t.Errorf("counters: %+v", got)
		}
	})
}

func TestWorstWindow(t *testing.T) {
	t.Parallel()
	at := func(ms ...int) (all []time.Time) {
		for _, m := range ms {
			all = append(all, time.UnixMilli(int64(m)))
		}
		return all
	}
	for name, c := range map[string]struct {
		arrivals []time.Time
		want     int
	}{
		"none":                               {nil, 0},
		"exactly a window apart":             {at(0, 1000, 2000), 1},
		"a millisecond less":                 {at(0, 999, 2000), 2},
		"out of order":                       {at(1500, 0, 600, 1599, 900), 4},
		"the worst is not the first or last": {at(0, 5000, 5001, 5002, 9000), 3},
	} {
		if got := gateway.WorstWindow(c.arrivals, time.Second); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestArrivals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.New()
		s.AddAccount(gateway.Account{Name: "main", Limit: 1, Keys: []gateway.Key{{ID: "testid", Secret: "testsecret"}}})
		s.Inject(gateway.Fault{Latency: time.Second})
		ask(t, s, "QueryOTAJob")
		s.Record(true)
		first := time.Now()
		ask(t, s, "QueryOTAJob")
		ask(t, s, "QueryOTAJob")
		send(t, s, signing{id: "nobody"}.acs3())
		got := s.Arrivals("main", "QueryOTAJob")
		if len(got) != 2 || !got[0].Equal(first) || !got[1].Equal(first.Add(time.Second)) {
			t.Errorf("arrivals %v, want two from %v, the latency after each", got, first)
		}
		if n := len(s.Arrivals("", "QueryOTAJob")); n != 1 {
			t.Errorf("%d arrivals with an unknown key, want 1", n)
		}
		s.Record(false)
		if n := len(s.Arrivals("main", "QueryOTAJob")); n != 0 {
			t.Errorf("%d arrivals after the recording, want none", n)
		}
	})
}
