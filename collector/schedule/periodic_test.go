package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// periodicRun drives a Periodic with one slot, where each call takes a second.
type periodicRun struct {
	Periodic[string]
	now   time.Time
	asked []string
}

func newPeriodicRun(keys ...string) *periodicRun {
	r := &periodicRun{Periodic: Periodic[string]{wait: 10 * time.Second, slots: 1}, now: time.Unix(0, 0)}
	for _, key := range keys {
		r.Add(key, r.now)
	}
	return r
}

// run asks for what is due until so much time has passed. answer takes the outcome of
// a call, by Again or Done.
func (r *periodicRun) run(length time.Duration, answer func(key string, started time.Time)) {
	for until := r.now.Add(length); r.now.Before(until); r.now = r.now.Add(time.Second) {
		key, ok := r.Next(r.now)
		if !ok {
			continue
		}
		r.asked = append(r.asked, key)
		started := r.now
		r.now = r.now.Add(time.Second)
		answer(key, started)
		r.now = r.now.Add(-time.Second)
	}
}

func (r *periodicRun) count(key string) (n int) {
	for _, asked := range r.asked {
		if asked == key {
			n++
		}
	}
	return n
}

// succeed is an answer for run: every call succeeds.
func (r *periodicRun) succeed(key string, started time.Time) { r.Done(key, started, r.now, nil) }

func failure(class aliyun.Class) *aliyun.Error { return &aliyun.Error{Class: class} }

func TestPeriodicTakesTurns(t *testing.T) {
	for name, c := range map[string]struct{ wait, length time.Duration }{
		"with time to spare":            {10 * time.Second, 30 * time.Second},
		"with more than it can ask for": {time.Second, 9 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			r := newPeriodicRun("a", "b", "c")
			r.wait = c.wait
			r.run(c.length, r.succeed)
			if diff := cmp.Diff([]string{"a", "b", "c", "a", "b", "c", "a", "b", "c"}, r.asked); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A read of many pages goes on before other reads begin, except those that have
// waited as long.
func TestPeriodicGoesOnWithARead(t *testing.T) {
	r := newPeriodicRun("a", "b", "c")
	r.wait = 2 * time.Second
	pages := 0
	var began time.Time
	r.run(24*time.Second, func(key string, started time.Time) {
		if key == "b" {
			if pages++; pages%4 != 0 {
				if pages%4 == 1 {
					began = started
				}
				r.Again(key)
				return
			}
			started = began
		}
		r.Done(key, started, r.now, nil)
	})
	want := "a b c b b b a b b b b c a b b b b c a b b b b c"
	if got := strings.Join(r.asked, " "); got != want {
		t.Errorf("asked for\n%s, want\n%s", got, want)
	}
}

// Of lists that are due at the same moment, one after the other is read to its end. So few
// are half read at any time.
func TestPeriodicOfLongReads(t *testing.T) {
	r := newPeriodicRun("a", "b", "c")
	pages := make(map[string]int)
	r.run(12*time.Second, func(key string, started time.Time) {
		if pages[key]++; pages[key] < 4 {
			r.Again(key)
			return
		}
		r.Done(key, started, r.now, nil)
	})
	want := "a b c a a a b b b c c c"
	if got := strings.Join(r.asked, " "); !strings.HasPrefix(got, want) {
		t.Errorf("asked for\n%s, want\n%s", got, want)
	}
}

func TestPeriodicFailures(t *testing.T) {
	for name, c := range map[string]struct {
		class   aliyun.Class
		failing map[string]bool
		want    map[string][2]int // least and most calls in 20 minutes
	}{
		"one fails for a reason of its own": {aliyun.ClassServer, map[string]bool{"a": true},
			map[string][2]int{"a": {8, 9}, "b": {119, 120}, "c": {119, 120}}},
		"one fails for a reason that others may share": {aliyun.ClassTimeout, map[string]bool{"a": true},
			map[string][2]int{"a": {8, 9}, "b": {119, 120}, "c": {119, 120}}},
		"all fail, each for its own reason": {aliyun.ClassNotFound, map[string]bool{"a": true, "b": true, "c": true},
			map[string][2]int{"a": {8, 9}, "b": {8, 9}, "c": {8, 9}}},
		"all fail for a reason that all share": {aliyun.ClassPermission, map[string]bool{"a": true, "b": true, "c": true},
			map[string][2]int{"a": {30, 50}, "b": {30, 50}, "c": {30, 50}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newPeriodicRun("a", "b", "c")
			r.run(20*time.Minute, func(key string, started time.Time) {
				if c.failing[key] {
					r.Done(key, started, r.now, failure(c.class))
				} else {
					r.succeed(key, started)
				}
			})
			for key, want := range c.want {
				if n := r.count(key); n < want[0] || n > want[1] {
					t.Errorf("%s asked for %d times, want %d to %d", key, n, want[0], want[1])
				}
			}
		})
	}
}

// After an outage of any length all keys are read again within one wait and one round.
func TestPeriodicRecovers(t *testing.T) {
	for name, keys := range map[string][]string{
		"one key": {"a"}, "two": {"a", "b"}, "five": {"a", "b", "c", "d", "e"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newPeriodicRun(keys...)
			r.run(time.Hour, func(key string, started time.Time) {
				r.Done(key, started, r.now, failure(aliyun.ClassTransport))
			})
			if n := len(r.asked); n < 359 || n > 362 {
				t.Errorf("asked %d times in an hour, want once a wait", n)
			}
			r.asked = nil
			r.run(10*time.Second+time.Duration(len(keys)+1)*time.Second, r.succeed)
			for _, key := range keys {
				if r.count(key) == 0 {
					t.Errorf("%s not asked for; only %v", key, r.asked)
				}
			}
		})
	}
}

// A key that is removed and added again during a call is in the queue once, and the old
// answer changes nothing.
func TestPeriodicPutBack(t *testing.T) {
	r := newPeriodicRun("a", "b", "c", "d")
	for i := range 50 {
		key, ok := r.Next(r.now)
		if !ok {
			t.Fatalf("nothing is due in turn %d", i)
		}
		r.Remove(key)
		r.Add(key, r.now)
		r.Again(key)
		r.Done(key, r.now, r.now, nil)
		if len(r.queue) != 4 {
			t.Fatalf("%d places in the queue, want 4", len(r.queue))
		}
		for at, e := range r.queue {
			if e.index != at {
				t.Fatalf("the queue is broken at %d", at)
			}
		}
		r.now = r.now.Add(r.wait)
	}
	r.Remove("a")
	r.Again("a")
	r.Done("a", r.now, r.now, nil)
	if len(r.queue) != 3 {
		t.Errorf("%d places in the queue, want 3", len(r.queue))
	}
}
