package simulator

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Fault is something that goes wrong on demand. The zero value matches every call
// and changes nothing.
//
// A faulty call is checked and charged to the budget like any other; what it would
// have been answered is then replaced.
type Fault struct {
	// Which calls: "" matches all.
	Operation, JobID, AccessKeyID string
	// Count is to how many calls it happens; 0 is all until it is removed.
	Count int

	// Latency, or what LatencyFunc returns, is waited before the answer. The
	// latencies of all matching faults add up.
	Latency     time.Duration
	LatencyFunc func() time.Duration

	// Code answers with an error: in the business form and HTTP 200 if it starts
	// with "iot.", else in the gateway's with HTTP 400 or what the gateway uses for
	// it. Message "" is the usual one.
	Code, Message string
	// Kind answers with something that is not the API's.
	Kind Kind
	// Status replaces the HTTP status of any of these and, alone, of a good answer.
	Status int
	// Location is where Redirect leads.
	Location string
	// Size is the length of a Huge body in bytes.
	Size int64
}

type fault struct {
	Fault
	left int
}

// trouble is what the matching faults do to one call.
type trouble struct {
	latency time.Duration
	fault   *Fault // nil: the answer stays
}

// Inject adds a fault and returns a function that removes it. Where several answer
// the same call, the one injected last does.
func (s *Simulator) Inject(f Fault) (remove func()) {
	added := &fault{Fault: f, left: f.Count}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, added)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.removeFault(added)
	}
}

func (s *Simulator) removeFault(f *fault) {
	s.faults = slices.DeleteFunc(slices.Clone(s.faults), func(o *fault) bool { return o == f })
}

// takeFault collects what happens to a call. s.mu is held.
func (s *Simulator) takeFault(c *call) trouble {
	var t trouble
	for _, f := range s.faults {
		if f.Operation != "" && f.Operation != c.action ||
			f.JobID != "" && f.JobID != c.params.Get("JobId") ||
			f.AccessKeyID != "" && f.AccessKeyID != c.proof.keyID {
			continue
		}
		t.latency += f.Latency
		if f.LatencyFunc != nil {
			t.latency += f.LatencyFunc()
		}
		if f.Code != "" || f.Kind != "" || f.Status != 0 {
			t.fault = &f.Fault
		}
		if f.Count > 0 {
			if f.left--; f.left == 0 {
				s.removeFault(f)
			}
		}
	}
	return t
}

func (t trouble) answers() bool { return t.fault != nil }

// answer replaces the answer that the call would have had.
func (t trouble) answer(c *call, a answer) answer {
	f := t.fault
	if f.Code != "" {
		e := &apiError{code: f.Code, message: f.Message}
		if e.business() {
			e.status = http.StatusOK
			if e.message == "" {
				e.message = businessMessages[f.Code]
			}
		} else {
			e = gatewayError(f.Code, or(f.Message, "The request has failed."))
		}
		a = c.refusal(e)
	}
	if f.Kind != "" {
		a = f.spoil(a)
	}
	if f.Status != 0 {
		a.status = f.Status
	}
	return a
}

// sleep waits and tells whether the whole wait passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
