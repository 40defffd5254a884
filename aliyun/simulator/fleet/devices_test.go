package fleet

import (
	"math/rand/v2"
	"testing"
	"time"
)

// With any retries, a device takes at most the timeout from its first report on. A device
// that would take longer is FAILED at the timeout.
func TestOneTimeoutSpansAllAttempts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	minutes := func(n int) time.Duration { return time.Duration(r.Int64N(int64(n) * int64(time.Minute))) }
	timedOut, retried := 0, 0
	for n := range 200 {
		v := &Job{seed: r.Uint64(), Batch: Batch{Devices: Devices{
			Report: minutes(5), Install: minutes(60), Silent: 0.1, Hung: 0.1, Fail: 0.2, Flaky: 0.3,
		}}}
		p := pace{timeout: time.Minute + minutes(90), retries: []int{0, 1, 2, 5}[n%4], interval: minutes(60)}
		once := pace{timeout: p.timeout}
		for residue := range period {
			c := v.course(residue, p)
			took := c.end - c.report
			switch kind := v.kind(residue); {
			case kind == silent:
				if c.end != never {
					t.Fatalf("a device that never reports ends after %v", c.end)
				}
			case c.timeout && (took != p.timeout || !c.failed):
				t.Fatalf("timed out %v after the first report, failed %t, with a timeout of %v", took, c.failed, p.timeout)
			case took > p.timeout:
				t.Fatalf("%v from the first report to the end, with a timeout of %v, %d retries and %v between", took, p.timeout, p.retries, p.interval)
			case (kind == hung || v.course(residue, once).timeout) && (c != v.course(residue, once) || !c.timeout):
				t.Fatalf("a device that timed out at its first attempt was tried again: %+v", c)
			case c.timeout:
				timedOut++
			case c != v.course(residue, once):
				retried++
			}
		}
	}
	if timedOut < 1000 || retried < 1000 {
		t.Errorf("%d devices timed out, %d were tried again: too few to show anything", timedOut, retried)
	}
}
