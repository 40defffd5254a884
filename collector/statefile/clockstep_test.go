//go:build unix

package statefile

import (
	"bytes"
	"fmt"
	"testing"
	"time"
	"unsafe"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// stepped is a time after the wall clock was set by so much while the monotonic clock
// went on, as NTP does to a process. Package time makes none, so this writes into a
// Time that has both: it begins with its wall seconds, shifted by the 30 bits of the
// nanoseconds.
func stepped(t *testing.T, at time.Time, by time.Duration) time.Time {
	t.Helper()
	set := at
	*(*uint64)(unsafe.Pointer(&set)) += uint64(int64(by/time.Second)) << 30
	if set.Sub(at) != 0 || !set.Round(0).Equal(at.Round(0).Add(by)) {
		t.Fatalf("%v is not %v with the wall clock set by %v: time.Time has changed inside", set, at, by)
	}
	return set
}

// rules are those of the schedule in these tests.
var rules = target.Rules{Interval: 15 * time.Second, SettledInterval: 24 * time.Hour}

// A state file that was written and read while the clock was wrong delays neither polls nor
// lists after the clock is set right.
func TestClockIsSetAfterARestart(t *testing.T) {
	status := aliyun.StatusInProgress
	for name, wrong := range map[string]time.Duration{"an hour ahead": time.Hour, "an hour behind": -time.Hour, "right": 0} {
		for outcome, err := range map[string]*aliyun.Error{"polled well": nil, "refused for the clock": {Class: aliyun.ClassAuth, Code: "InvalidTimeStamp.Expired"}} {
			t.Run(name+", "+outcome, func(t *testing.T) {
				start := time.Now()
				asked := stepped(t, start, wrong)
				s := &store.State{Target: target.Target{Account: "production", JobID: "job-1"}, Job: &aliyun.Job{JobStatus: &status}, AsOf: asked, Asked: asked}
				if err != nil {
					s.Err, s.ErrAt, s.Failures = err, asked, 1
				}
				read, decodeErr := decode(bytes.NewReader(encoded(t, []*store.State{s})), stepped(t, start.Add(time.Second), wrong), nil)
				if decodeErr != nil || len(read) != 1 {
					t.Fatalf("%d states, %v", len(read), decodeErr)
				}
				p := schedule.New(rules, 10)
				p.Put(read[0])
				right := start.Add(2 * time.Second) // the clock was set meanwhile
				if at, ok := p.WakeAt(); !ok || at.Sub(right) > 17*time.Second {
					t.Errorf("asked for again in %v", at.Sub(right))
				}
				if _, ok := p.Next(start.Add(17*time.Second), 0); !ok {
					t.Error("not asked for after the interval")
				}
				if shown := read[0].ShownByList(&aliyun.JobSummary{JobStatus: &status}, right); shown == read[0] {
					t.Error("a list is not believed: it seems older than what is known")
				}
			})
		}
	}
}

// After an outage for a wrong clock, and a restart in it, all batches go on at once.
func TestOutageOfTheClockEndsAfterARestart(t *testing.T) {
	const n = 40
	status := aliyun.StatusInProgress
	start := time.Now()
	var states []*store.State
	for i := range n {
		asked := stepped(t, start, time.Hour)
		states = append(states, &store.State{
			Target: target.Target{Account: "production", JobID: fmt.Sprint("job-", i)},
			Job:    &aliyun.Job{JobStatus: &status}, Asked: asked,
			Err: &aliyun.Error{Class: aliyun.ClassAuth}, ErrAt: asked, Failures: 3,
		})
	}
	read, err := decode(bytes.NewReader(encoded(t, states)), stepped(t, start.Add(time.Second), time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := schedule.New(rules, 10)
	byID := make(map[string]*store.State)
	for _, s := range read {
		byID[s.JobID] = s
		p.Put(s)
	}
	asked := 0
	for now := start.Add(time.Minute); now.Before(start.Add(90 * time.Second)); now = now.Add(100 * time.Millisecond) {
		if jobID, ok := p.Next(now, 0); ok {
			asked++
			p.Put(byID[jobID].Answered(byID[jobID].Job, now))
			p.Done(jobID, now, now, nil)
		}
	}
	if asked < n {
		t.Errorf("%d of %d batches asked for in 30 s after the clock was set right", asked, n)
	}
}
