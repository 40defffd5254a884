package aliyun_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// The simulator counts what arrives. Half of the latency lies before that and
// half after it, as on a network: a call may reach the server late and be
// answered early.
func TestSlotsNeverExceedTheBudgetAndUseIt(t *testing.T) {
	const limit, seconds = 10, 300
	uniform := func(from, to time.Duration) func() time.Duration {
		return func() time.Duration { return from + rand.N(to-from+1) }
	}
	for name, latency := range map[string]func() time.Duration{
		"0 to 10 ms":   uniform(0, 10*time.Millisecond),
		"50 ms":        uniform(50*time.Millisecond, 50*time.Millisecond),
		"10 to 300 ms": uniform(10*time.Millisecond, 300*time.Millisecond),
		"1000 ms":      uniform(time.Second, time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := simulator.New()
				sim.AddAccount(simulator.Account{Name: "a", Keys: []simulator.Key{{ID: "id", Secret: "secret"}}})
				sim.AddBatch(simulator.Batch{Account: "a", JobID: "job-1", FirmwareID: "fw-1", Status: "IN_PROGRESS"})
				sim.Record(true)
				var mu sync.Mutex
				var total time.Duration
				dial, stop := simulator.Pipe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					there := latency() / 2
					back := latency() / 2
					mu.Lock()
					total += there + back
					mu.Unlock()
					time.Sleep(there)
					sim.ServeHTTP(delayed{w, back}, r)
				}))
				defer stop()
				transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: limit}
				defer transport.CloseIdleConnections()
				client := aliyun.NewClient(&fixedKeys{keys: aliyun.Keys{AccessKeyID: "id", AccessKeySecret: "secret"}}, aliyun.Options{Transport: transport})

				ctx, cancel := context.WithTimeout(t.Context(), seconds*time.Second)
				defer cancel()
				slots := aliyun.NewSlots(limit)
				var calls sync.WaitGroup
				for {
					slot, err := slots.Take(ctx)
					if err != nil {
						break
					}
					calls.Go(func() {
						defer slot.Answered()
						if _, err := client.QueryOTAJob(context.WithoutCancel(ctx), aliyun.Instance{URL: "http://simulator"}, "job-1"); err != nil {
							t.Error(err)
						}
					})
				}
				calls.Wait()

				arrivals := sim.Arrivals("a", "QueryOTAJob")
				if worst := simulator.WorstWindow(arrivals, time.Second); worst > limit {
					t.Errorf("%d calls in one second, the limit is %d", worst, limit)
				}
				if n := sim.Calls("a", "QueryOTAJob").Throttled; n > 0 {
					t.Errorf("%d calls throttled", n)
				}
				rtt := total.Seconds() / float64(len(arrivals))
				possible := limit / (1 + rtt) * seconds
				used := float64(len(arrivals)) / possible
				t.Logf("worst window %d of %d, %.1f %% of N/(1+RTT) at a mean RTT of %.0f ms",
					simulator.WorstWindow(arrivals, time.Second), limit, 100*used, 1000*rtt)
				if used < 0.99 {
					t.Errorf("%.1f %% of the budget used, want 99", 100*used)
				}
			})
		})
	}
}

// delayed writes an answer a while after the server made it.
type delayed struct {
	http.ResponseWriter
	by time.Duration
}

func (d delayed) WriteHeader(status int) {
	time.Sleep(d.by)
	d.ResponseWriter.WriteHeader(status)
}

func TestSlotsAreGivenOut(t *testing.T) {
	take := func(t *testing.T, s *aliyun.Slots) (*aliyun.Slot, time.Duration) {
		t.Helper()
		start := time.Now()
		slot, err := s.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return slot, time.Since(start)
	}
	for name, c := range map[string]struct {
		use            func(*aliyun.Slot)
		atLeast, below time.Duration
	}{
		"one second after the answer": {(*aliyun.Slot).Answered, time.Second, time.Second * 102 / 100},
		"15 to 45 s after a throttle": {(*aliyun.Slot).Throttled, 15 * time.Second, 45 * time.Second},
		"soon if it was not used":     {(*aliyun.Slot).Unused, 0, 400 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slots := aliyun.NewSlots(1)
				slot, _ := take(t, slots)
				c.use(slot)
				if _, waited := take(t, slots); waited < c.atLeast || waited >= c.below {
					t.Errorf("the slot came back after %v", waited)
				}
			})
		})
	}

	t.Run("not before enough have come back after a shrink", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			slots := aliyun.NewSlots(3)
			for range 3 {
				slot, _ := take(t, slots)
				time.Sleep(100 * time.Millisecond)
				slot.Answered() // back at 1.1, 1.2, 1.3 s
			}
			slots.Resize(1)
			if _, waited := take(t, slots); waited < time.Second || waited > time.Second*102/100 {
				t.Errorf("a slot was given out %v after the last of the three was given back", waited)
			}
		})
	})

	t.Run("a quarter of a share apart", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			slots := aliyun.NewSlots(10)
			take(t, slots)
			for range 9 {
				if _, waited := take(t, slots); waited != time.Second/40 {
					t.Errorf("the next slot was given out %v later", waited)
				}
			}
		})
	})

	t.Run("at once after a growth", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			slots := aliyun.NewSlots(1)
			take(t, slots)
			time.AfterFunc(time.Minute, func() { slots.Resize(2) })
			if _, waited := take(t, slots); waited != time.Minute {
				t.Errorf("a slot was given out after %v", waited)
			}
		})
	})

	t.Run("never, when the context ends first", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			slots := aliyun.NewSlots(1)
			take(t, slots)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := slots.Take(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	})

	t.Run("parked ones are counted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			slots := aliyun.NewSlots(2)
			slot, _ := take(t, slots)
			slot.Throttled()
			if limit, parked := slots.Count(); limit != 2 || parked != 1 {
				t.Errorf("%d slots, %d parked", limit, parked)
			}
			time.Sleep(45 * time.Second)
			if _, parked := slots.Count(); parked != 0 {
				t.Errorf("%d still parked after 45 s", parked)
			}
		})
	})
}
