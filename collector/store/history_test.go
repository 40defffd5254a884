package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// news is something that the exporter learns of a batch at a time.
type news func(s *State, at time.Time) *State

func answered(status string) news {
	return func(s *State, at time.Time) *State { return s.Answered(&aliyun.Job{JobStatus: &status}, at) }
}

func listed(status string) news {
	return func(s *State, at time.Time) *State {
		return s.ShownByList(&aliyun.JobSummary{JobStatus: &status}, at)
	}
}

func failed(class aliyun.Class, code, requestID string) news {
	return func(s *State, at time.Time) *State {
		return s.FailedWith(&aliyun.Error{Class: class, Code: code, Message: "free text", RequestID: requestID}, at, at)
	}
}

func counted(s *State, at time.Time) *State {
	return s.WithDevices(&DeviceCounts{ByStatus: map[string]int{aliyun.TaskFailed: 1}, Total: 1, AsOf: at})
}

func countFailed(code string) news {
	return func(s *State, at time.Time) *State {
		return s.WithDevicesErr(&aliyun.Error{Class: aliyun.ClassServer, Code: code}, at)
	}
}

// The history tells changes of the status and of the calls, and nothing twice.
func TestHistory(t *testing.T) {
	const queries, counts = aliyun.OpQueryOTAJob, aliyun.OpListOTATaskByJob
	for name, c := range map[string]struct {
		news []news
		want []string // each with the index of the news that it comes from
	}{
		"the first status":        {[]news{answered("PLANNED")}, []string{"0 PLANNED"}},
		"the same status again":   {[]news{answered("PLANNED"), listed("PLANNED"), answered("PLANNED")}, []string{"0 PLANNED"}},
		"a change in an answer":   {[]news{answered("PLANNED"), answered("IN_PROGRESS")}, []string{"0 PLANNED", "1 IN_PROGRESS"}},
		"a change in a list":      {[]news{listed("PLANNED"), listed("IN_PROGRESS")}, []string{"0 PLANNED", "1 IN_PROGRESS"}},
		"a failure that goes on":  {[]news{failed("server", "busy", "r1"), failed("server", "busy", "r2")}, []string{"0 " + queries + " server busy r1"}},
		"another code":            {[]news{failed("server", "a", "r1"), failed("server", "b", "r2")}, []string{"0 " + queries + " server a r1", "1 " + queries + " server b r2"}},
		"a recovery":              {[]news{answered("PLANNED"), failed("timeout", "", ""), answered("PLANNED"), answered("PLANNED")}, []string{"0 PLANNED", "1 " + queries + " timeout  ", "2 " + queries + "   "}},
		"a recovery and a change": {[]news{failed("timeout", "", ""), answered("PLANNED")}, []string{"0 " + queries + " timeout  ", "1 " + queries + "   ", "1 PLANNED"}},
		"throttled calls": {[]news{answered("PLANNED"), failed("throttled", "Throttling", ""), failed("server", "a", "r"), failed("throttled", "Throttling", ""), failed("server", "a", "r")},
			[]string{"0 PLANNED", "2 " + queries + " server a r"}},
		"gone and back": {[]news{answered("PLANNED"), failed("not_found", "gone", "r"), answered("PLANNED")}, []string{"0 PLANNED", "1 " + queries + " not_found gone r", "2 " + queries + "   ", "2 PLANNED"}},
		"counts that fail and recover": {[]news{answered("PLANNED"), counted, countFailed("a"), countFailed("a"), answered("PLANNED"), counted},
			[]string{"0 PLANNED", "2 " + counts + " server a ", "5 " + counts + "   "}},
		"counts that fail in another way": {[]news{countFailed("a"), answered("PLANNED"), countFailed("a"), countFailed("b")},
			[]string{"1 PLANNED", "2 " + counts + " server a ", "3 " + counts + " server b "}},
		"both operations fail": {[]news{answered("PLANNED"), countFailed("a"), failed("server", "a", ""), countFailed("a"), counted, failed("server", "a", "")},
			[]string{"0 PLANNED", "1 " + counts + " server a ", "2 " + queries + " server a ", "4 " + counts + "   "}},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
			s := &State{}
			for i, n := range c.news {
				s = n(s, start.Add(time.Duration(i)*time.Second))
			}
			var got []string
			for _, e := range s.History {
				text := e.Status
				if e.Operation != "" {
					text = fmt.Sprint(e.Operation, " ", e.Class, " ", e.Code, " ", e.RequestID)
				}
				got = append(got, fmt.Sprint(int(e.At.Sub(start).Seconds()), " ", text))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The history of a batch that changes all the time is bounded, and that of an older state
// stays as it was.
func TestHistoryIsBounded(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := &State{}
	var states []*State
	for i := range 3 * MaxHistory {
		s = answered([]string{"PLANNED", "IN_PROGRESS"}[i%2])(s, start.Add(time.Duration(i)*time.Second))
		states = append(states, s)
	}
	for i, s := range states {
		if n := min(i+1, MaxHistory); len(s.History) != n {
			t.Fatalf("%d events after %d changes, want %d", len(s.History), i+1, n)
		}
		for k, e := range s.History {
			if want := start.Add(time.Duration(i-len(s.History)+1+k) * time.Second); !e.At.Equal(want) {
				t.Fatalf("after %d changes event %d is of %v, want %v", i+1, k, e.At, want)
			}
		}
	}
}
