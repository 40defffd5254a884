package fleet

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// anyBatch returns a random batch with up to three paces and maybe a cancel.
func anyBatch(r *rand.Rand, id string) *Job {
	start := time.Unix(1_000_000, 0)
	share := func() float64 { return float64(r.IntN(4)) * 0.05 }
	minutes := func(n int) time.Duration { return time.Duration(r.Int64N(int64(n)*int64(time.Minute) + 1)) }
	b := Batch{
		JobID: id, Create: start, TimeoutInMinutes: r.IntN(4) * 5, MaximumPerMinute: []int{0, 7, 300}[r.IntN(3)],
		NeedConfirm: new(r.IntN(2) == 0), CancelTasks: r.IntN(2) == 0,
		Devices: Devices{
			Count: []int{0, 1, 13, 999, 1000, 2345}[r.IntN(6)], Confirm: minutes(20), Online: minutes(30),
			Report: minutes(3), Install: minutes(10), Unconfirmed: share(), Offline: share(), Silent: share(),
			Hung: share(), Fail: share(), Flaky: share(),
		},
	}
	if r.IntN(2) == 0 {
		b.Retry, b.SrcVersions = &Retry{r.IntN(3), r.IntN(2) * 10}, []string{"1.0"}
	}
	if r.IntN(3) == 0 {
		b.SelectionType, b.Devices.Every = "DYNAMIC", minutes(1)+time.Second
	}
	if r.IntN(4) == 0 {
		b.ScheduleFinish = start.Add(minutes(60))
	}
	v := &Job{Batch: b, revisions: []revision{{start, b.pace()}}}
	for at := start; len(v.revisions) < 3 && r.IntN(2) == 0; {
		at = at.Add(minutes(15))
		v.revisions = append(v.revisions, revision{at, pace{[]int{0, 5, 100}[r.IntN(3)], minutes(9), r.IntN(2), minutes(2)}})
	}
	v.plan()
	return v
}

// The closed form agrees with a count of all devices one by one.
func TestCountsAgreeWithTasks(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 25 {
		v := anyBatch(r, fmt.Sprint("job", n))
		var last time.Duration
		for i := range v.total(time.Hour) {
			if at := v.push(i); at < last {
				t.Fatalf("batch %d: device %d is pushed at %v, the one before at %v", n, i, at, last)
			} else {
				last = at
			}
		}
		var terminal, live int
		for range 4 {
			at := v.start.Add(time.Duration(r.Int64N(int64(2*time.Hour))) - 10*time.Minute)
			if i := r.IntN(max(v.total(time.Hour), 1)); n%2 == 0 && v.total(time.Hour) > 0 {
				// The exact time at which a device changes its state.
				if c := v.course(i%period, v.segmentOf(i).pace); c.end != never {
					at = v.start.Add(v.push(i) + []time.Duration{0, c.report, c.end}[r.IntN(3)])
				}
			}
			w := v.Tasks(at)
			var want tally
			for i := range w.total {
				want[w.state(i)]++
			}
			if got := w.tally(); got != want {
				t.Fatalf("batch %d %+v at %v: counted %v, looked %v", n, v.Batch, at.Sub(v.start), got, want)
			}
			status, _, _ := v.StatusAt(at)
			terminal = want[stateSucceeded] + want[stateFailed] + want[stateCancelled]
			if live = w.total - terminal; status == completed && live > 0 {
				t.Fatalf("batch %d is COMPLETED with %d live tasks", n, live)
			}
			if status == inProgress && live == 0 && v.SelectionType != "DYNAMIC" {
				t.Fatalf("batch %d is IN_PROGRESS with no live task at %v", n, at.Sub(v.start))
			}
			for s := range states {
				size := 50 + r.IntN(51)
				var seen int
				for offset := 0; ; offset += size {
					devices, total := w.page(s, offset, size)
					if total != want[s] {
						t.Fatalf("batch %d: page says %d %s, want %d", n, total, stateNames[s], want[s])
					}
					for k, i := range devices {
						if w.state(i) != s || k > 0 && i <= devices[k-1] {
							t.Fatalf("batch %d: device %d on the page of %s", n, i, stateNames[s])
						}
					}
					seen += len(devices)
					if len(devices) < size {
						break
					}
				}
				if seen != want[s] {
					t.Fatalf("batch %d: pages hold %d %s, want %d", n, seen, stateNames[s], want[s])
				}
			}
		}
	}
}

// A static batch is COMPLETED from the exact time at which its last device ends.
func TestCompletion(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	completed := 0
	for n := range 100 {
		v := anyBatch(r, fmt.Sprint("job", n))
		v.SelectionType, v.ScheduleFinish = "STATIC", time.Time{}
		v.Devices.Unconfirmed, v.Devices.Offline, v.Devices.Silent = 0, 0, 0
		v.plan()
		if v.completed.IsZero() || v.Devices.Count == 0 {
			continue
		}
		completed++
		live := func(at time.Time) int {
			tasks := v.Tasks(at).tally()
			return tasks[stateConfirm] + tasks[stateQueued] + tasks[stateNotified] + tasks[stateInProgress]
		}
		if before, after := live(v.completed.Add(-1)), live(v.completed); before == 0 || after > 0 {
			t.Errorf("batch %d: %d live tasks just before it is COMPLETED, %d then", n, before, after)
		}
	}
	if completed < 40 {
		t.Errorf("%d of the batches complete, too few to tell", completed)
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	v := &Job{Batch: Batch{JobID: "j", Devices: Devices{
		Count: 100_000, Offline: 0.1, Silent: 0.05, Hung: 0.02, Fail: 0.2, Flaky: 0.03, Report: time.Second, Install: time.Second,
	}}}
	v.revisions = []revision{{}}
	v.plan()
	got := v.Tasks(v.start.Add(time.Hour)).tally()
	if want := (tally{0, 10_000, 5_000, 2_000, 60_000, 23_000, 0}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	v.Devices.Count = 20
	few := v.Tasks(v.start.Add(time.Hour)).tally()
	if few[stateQueued] < 1 || few[stateQueued] > 3 || few[stateFailed] < 3 || few[stateFailed] > 7 {
		t.Errorf("of the first 20: %v", few)
	}
}

func TestPushLimit(t *testing.T) {
	t.Parallel()
	v := &Job{Batch: Batch{JobID: "j", SelectionType: "DYNAMIC", MaximumPerMinute: 50, Devices: Devices{
		Count: 2000, Online: 20 * time.Minute, Every: time.Second,
	}}}
	v.revisions = []revision{{pace: v.Batch.pace()}, {v.start.Add(15 * time.Minute), pace{perMinute: 10}}}
	v.plan()
	// worst returns the most pushes in any minute of [from, to). Pushes are in the order of
	// the devices.
	worst := func(from, to time.Duration) int {
		var at []time.Duration
		most, first := 0, 0
		for i := range 3000 {
			p := v.push(i)
			if p < from || p >= to {
				continue
			}
			at = append(at, p)
			for p-at[first] >= time.Minute {
				first++
			}
			most = max(most, len(at)-first)
		}
		return most
	}
	if n := worst(0, 15*time.Minute); n != 50 {
		t.Errorf("%d in a minute before the change, want 50", n)
	}
	if n := worst(15*time.Minute, 1000*time.Hour); n != 10 {
		t.Errorf("%d in a minute after it, want 10", n)
	}
}

func million() *Job {
	v := &Job{Batch: Batch{JobID: "j", MaximumPerMinute: 1000, NeedConfirm: new(true), TimeoutInMinutes: 60, Retry: &Retry{2, 10}, SrcVersions: []string{"1.0"},
		Devices: Devices{Count: 1_000_000, Confirm: time.Hour, Online: 5 * time.Hour, Report: time.Minute, Install: 20 * time.Minute,
			Offline: 0.02, Silent: 0.01, Hung: 0.01, Fail: 0.02, Flaky: 0.05}}}
	v.revisions = []revision{{pace: v.Batch.pace()}}
	v.plan()
	return v
}

func BenchmarkCountMillion(b *testing.B) {
	w := million().Tasks(time.Time{}.Add(8 * time.Hour))
	for b.Loop() {
		w.tally()
	}
}

func BenchmarkPageMillion(b *testing.B) {
	w := million().Tasks(time.Time{}.Add(8 * time.Hour))
	for b.Loop() {
		w.page(stateFailed, 49*100, 100)
	}
}

// tally counts the tasks by state.
func (w Tasks) tally() (n tally) {
	if w.fixed != nil {
		return *w.fixed
	}
	w.each(func(state int, s span) { n[state] += s.below(w.total) })
	return n
}
