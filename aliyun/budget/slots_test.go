package budget_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/budget"
)

var throttled = &aliyun.Error{Class: aliyun.ClassThrottled}

// The time until a slot is free again after each way to give it back.
func TestSlotsAreGivenOut(t *testing.T) {
	// take returns how long Take waited.
	take := func(t *testing.T, s *budget.Slots) (*budget.Slot, time.Duration) {
		t.Helper()
		start := time.Now()
		slot, err := s.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return slot, time.Since(start)
	}
	for name, c := range map[string]struct {
		use            func(*budget.Slot) // how the only slot is given back
		atLeast, below time.Duration      // until it is given out again
	}{
		"one second after the answer": {func(s *budget.Slot) { s.End(nil) }, time.Second, time.Second * 102 / 100},
		"15 to 45 s after a throttle": {func(s *budget.Slot) { s.End(throttled) }, 15 * time.Second, 45 * time.Second},
		"at once if it was not used":  {(*budget.Slot).Unused, 0, 400 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slots := budget.NewSlots(1)
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
			slots := budget.NewSlots(3)
			for range 3 {
				slot, _ := take(t, slots)
				time.Sleep(100 * time.Millisecond)
				slot.End(nil) // back at 1.1, 1.2, 1.3 s
			}
			slots.Resize(1)
			if _, waited := take(t, slots); waited < time.Second || waited > time.Second*102/100 {
				t.Errorf("a slot was given out %v after the last of the three was given back", waited)
			}
		})
	})

	t.Run("a quarter of a share apart", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			slots := budget.NewSlots(10)
			take(t, slots)
			// A share is one second divided by ten slots.
			for range 9 {
				if _, waited := take(t, slots); waited != time.Second/40 {
					t.Errorf("the next slot was given out %v later", waited)
				}
			}
		})
	})

	t.Run("at once after a growth", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			slots := budget.NewSlots(1)
			take(t, slots)
			time.AfterFunc(time.Minute, func() { slots.Resize(2) })
			if _, waited := take(t, slots); waited != time.Minute {
				t.Errorf("a slot was given out after %v", waited)
			}
		})
	})

	t.Run("never, when the context ends first", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			slots := budget.NewSlots(1)
			take(t, slots)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := slots.Take(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	})

	t.Run("parked ones evenly from 15 to 45 s, and they are counted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			const limit = 200
			slots := budget.NewSlots(limit)
			for range limit { // within a quarter of a second
				slot, _ := take(t, slots)
				slot.End(throttled)
			}
			begin := time.Now()
			for _, c := range []struct {
				after           time.Duration
				atLeast, atMost int
			}{
				{14 * time.Second, limit, limit},
				{30 * time.Second, limit / 4, limit * 3 / 4}, // 100 give or take 7
				{45 * time.Second, 0, 0},
			} {
				time.Sleep(c.after - time.Since(begin))
				if n, parked := slots.Count(); n != limit || parked < c.atLeast || parked > c.atMost {
					t.Errorf("after %v %d of %d are parked, want %d to %d", c.after, parked, n, c.atLeast, c.atMost)
				}
			}
		})
	})
}

// A slot whose call got no answer is held until one second after the latest time at which
// the request can arrive.
func TestSlotWithoutAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slots := budget.NewSlots(1)
		slot, err := slots.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		time.Sleep(10 * time.Second)
		slot.End(&aliyun.Error{Class: aliyun.ClassTimeout, ArrivesBy: start.Add(20 * time.Second)})
		if n := slots.Unanswered(); n != 1 {
			t.Errorf("%d slots count as unanswered", n)
		}
		if _, err := slots.Take(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := time.Since(start); after < 21*time.Second || after > 21020*time.Millisecond {
			t.Errorf("the slot came back after %v", after)
		}
		if n := slots.Unanswered(); n != 0 {
			t.Errorf("%d slots count as unanswered at the end", n)
		}
	})
}

// The slots of accounts with a shared budget.
func TestSlotsDrawFromABudget(t *testing.T) {
	// free returns how many slots can be taken within d.
	free := func(t *testing.T, s *budget.Slots, d time.Duration) (n int) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), d)
		defer cancel()
		for {
			slot, err := s.Take(ctx)
			if err != nil {
				return n
			}
			n++
			slot.End(nil)
		}
	}
	const soon = 900 * time.Millisecond // before any slot comes back
	for name, test := range map[string]func(t *testing.T, shared, other *budget.Shared, first, second *budget.Slots) (got, want []int){
		"each has its own share": func(t *testing.T, shared, _ *budget.Shared, first, second *budget.Slots) ([]int, []int) {
			first.Draw(shared)
			second.Draw(shared)
			return []int{free(t, first, soon/2), free(t, second, soon/2)}, []int{3, 2}
		},
		"one takes slots from the other": func(t *testing.T, shared, _ *budget.Shared, first, second *budget.Slots) ([]int, []int) {
			shared.Resize(3)
			first.Draw(shared)
			second.Draw(shared)
			return []int{free(t, first, soon/2), free(t, second, soon/2)}, []int{3, 0}
		},
		"and comes back": func(t *testing.T, shared, _ *budget.Shared, first, second *budget.Slots) ([]int, []int) {
			shared.Resize(3)
			first.Draw(shared)
			second.Draw(shared)
			return []int{free(t, first, soon), free(t, second, soon)}, []int{3, 2}
		},
		"what is out counts for the next budget too": func(t *testing.T, shared, other *budget.Shared, first, second *budget.Slots) ([]int, []int) {
			other.Resize(4)
			first.Draw(shared)
			second.Draw(other)
			n := free(t, first, soon/2)
			first.Draw(other)
			return []int{n, free(t, second, soon/2)}, []int{3, 1}
		},
		"and for the one from before": func(t *testing.T, shared, other *budget.Shared, first, second *budget.Slots) ([]int, []int) {
			other.Resize(4)
			shared.Resize(4)
			first.Draw(shared)
			n := free(t, first, soon/2)
			first.Draw(other)
			second.Draw(shared)
			return []int{n, free(t, second, soon/2)}, []int{3, 1}
		},
		"once, after several changes": func(t *testing.T, shared, other *budget.Shared, first, second *budget.Slots) ([]int, []int) {
			other.Resize(5)
			n := 0
			for range 3 {
				first.Draw(shared)
				if n == 0 {
					n = free(t, first, soon/2)
				}
				first.Draw(other)
			}
			second.Draw(shared)
			return []int{n, free(t, second, soon/3)}, []int{3, 2}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shared, other := budget.NewShared(), budget.NewShared()
				shared.Resize(5)
				first, second := budget.NewSlots(3), budget.NewSlots(2)
				got, want := test(t, shared, other, first, second)
				if !slices.Equal(got, want) {
					t.Errorf("%d slots were given out, want %d", got, want)
				}
				time.Sleep(time.Minute)
				if !shared.Idle() || !other.Idle() || !first.Idle() || !second.Idle() {
					t.Error("a slot has not come back")
				}
			})
		})
	}
}
