package simulator_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// watched is a job of DemoConfig with what is needed to ask for it.
type watched struct{ account, id, secret, instance, product, job string }

// readConfig reads the lines that DemoConfig is known to write.
func readConfig(config string) (all []watched) {
	var at watched
	for line := range strings.Lines(config) {
		name, value, _ := strings.Cut(strings.TrimLeft(strings.TrimSpace(line), "- "), ": ")
		switch {
		case name == "name":
			at = watched{account: value}
		case name == "access_key_id":
			at.id = value
		case name == "access_key_secret":
			at.secret = value
		case name == "id":
			at.instance = value
		case strings.HasSuffix(name, "jobs:") && !strings.HasPrefix(line, "        jobs"):
			at.instance = ""
		case regexp.MustCompile(`^\s+- [A-Za-z0-9]{26}\n$`).MatchString(line):
			at.job = name
			all = append(all, at)
		case name == "products":
			for i := range all {
				if all[i].account == at.account && all[i].instance == at.instance {
					all[i].product = strings.Trim(value, "[]")
				}
			}
		}
	}
	return all
}

func (w watched) ask(t *testing.T, h http.Handler, action string, params ...string) reply {
	t.Helper()
	p := pairs(params...)
	if w.instance != "" {
		p.Set("IotInstanceId", w.instance)
	}
	for {
		r := send(t, h, signing{id: w.id, secret: w.secret, action: action, params: p}.acs3())
		if r.code() != "Throttling.User" {
			return r
		}
		time.Sleep(time.Second)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.NewDemo(time.Now())
		fleet := readConfig(simulator.DemoConfig("http://127.0.0.1:1"))
		if len(fleet) < 15 {
			t.Fatalf("%d jobs in the configuration", len(fleet))
		}
		look := func() (statuses map[string]string, tasks map[string]string) {
			statuses, tasks = map[string]string{}, map[string]string{}
			for _, w := range fleet {
				r := w.ask(t, s, "QueryOTAJob", "JobId", w.job)
				statuses[w.job] = r.code()
				if d := r.data(); d != nil {
					statuses[w.job] = d["JobStatus"].(string)
				}
				for _, state := range []string{"QUEUED", "SUCCEEDED"} {
					n := w.ask(t, s, "ListOTATaskByJob", "JobId", w.job, "TaskStatus", state, "PageSize", "1").total()
					tasks[w.job] += fmt.Sprint(state, n, " ")
				}
			}
			return statuses, tasks
		}
		tally := func(statuses map[string]string) map[string]int {
			n := map[string]int{}
			for _, s := range statuses {
				n[s]++
			}
			return n
		}
		first, before := look()
		want := map[string]int{"PLANNED": 3, "IN_PROGRESS": 9, "COMPLETED": 2, "CANCELED": 3, "iot.firmware.InvalidOTAJobId": 1}
		if got := tally(first); !maps.Equal(got, want) {
			t.Errorf("at first %v, want %v", got, want)
		}
		time.Sleep(time.Minute)
		second, after := look()
		moved := 0
		for job := range before {
			if before[job] != after[job] {
				moved++
			}
		}
		if moved < 5 {
			t.Errorf("%d batches moved within a minute, want at least 5", moved)
		}
		if n := tally(second)["PLANNED"]; n > 2 {
			t.Errorf("%d batches still planned after a minute", n)
		}
		time.Sleep(9 * time.Minute)
		third, _ := look()
		if n := tally(third)["COMPLETED"]; n < 4 {
			t.Errorf("%d batches completed after ten minutes, want more: %v", n, third)
		}
		if got := s.Calls("partner", "QueryOTAJob"); got.Accepted == 0 {
			t.Errorf("the partner account: %+v", got)
		}
	})
}

func TestDemoGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.NewDemo(time.Now())
		fleet := readConfig(simulator.DemoConfig("http://127.0.0.1:1"))
		packages := func() int {
			n := 0
			for _, w := range fleet {
				if w.product != "" {
					n = max(n, w.ask(t, s, "ListOTAFirmware", "CurrentPage", "1", "PageSize", "100", "ProductKey", w.product).total())
				}
			}
			return n
		}
		start := packages()
		var sizes []int
		for range 16 {
			time.Sleep(15 * time.Minute)
			sizes = append(sizes, packages())
		}
		if sizes[0] <= start {
			t.Errorf("%d packages of a product after a quarter of an hour, %d at the start", sizes[0], start)
		}
		if worst := slices.Max(sizes); worst > start+12 {
			t.Errorf("up to %d packages of a product, from %d", worst, start)
		}
	})
}

// The partner's budget is taken now and then, but never while a newcomer waits for the
// first look at the batches, whenever the demo is started.
func TestDemoThrottles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fleet := readConfig(simulator.DemoConfig("http://127.0.0.1:1"))
		w := fleet[slices.IndexFunc(fleet, func(w watched) bool { return w.account == "partner" })]
		for range 46 {
			s := simulator.NewDemo(time.Now())
			call := func() {
				send(t, s, signing{id: w.id, secret: w.secret, params: pairs("JobId", w.job)}.acs3())
				time.Sleep(time.Second)
			}
			start := time.Now()
			for range 15 {
				call()
			}
			if got := s.Calls("partner", "QueryOTAJob"); got.Throttled != 0 {
				t.Errorf("started at %s, of the first 15 calls: %+v", start, got)
			}
			for range 75 {
				call()
			}
			if got := s.Calls("partner", "QueryOTAJob"); got.Throttled != 6 || got.Accepted != 84 {
				t.Errorf("started at %s, of 90 calls: %+v", start, got)
			}
			time.Sleep(time.Second) // the next starts at another second
		}
	})
}
