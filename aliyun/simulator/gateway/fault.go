package gateway

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Fault is something that goes wrong on demand. The zero value matches every call
// and changes nothing.
//
// A faulty call is checked and charged to the budget like any other; only its
// answer is another one.
type Fault struct {
	// Operation, JobID, FirmwareID and AccessKeyID say which calls it happens to; ""
	// matches all.
	Operation, JobID, FirmwareID, AccessKeyID string
	// Count is how many calls it happens to; 0 is all until it is removed.
	Count int

	// Latency and what LatencyFunc returns pass before the answer. The latencies of
	// all matching faults add up. LatencyFunc must not call the Gateway.
	Latency     time.Duration
	LatencyFunc func() time.Duration

	// Code answers with an error: in the business form and HTTP 200 if it starts
	// with "iot.", else in the gateway's form, with the HTTP status that the gateway
	// has for it or 400. Message "" is the usual one.
	Code, Message string
	// Edit changes the body of these or, alone, that of the usual answer. It must not
	// call the Gateway.
	Edit func(body []byte) []byte
	// Kind answers with something that is not the API's.
	Kind Kind
	// Status replaces the HTTP status of these or, alone, that of the usual answer;
	// 0 leaves it.
	Status int
	// Location is the URL that Redirect leads to.
	Location string
	// Size is the length of the body of Huge, and of that of Bomb when unpacked, in bytes.
	Size int64
}

// fault is an injected Fault; guarded by Gateway.mu.
type fault struct {
	Fault
	left int // calls to come, if Count is set
}

func (f *fault) matches(c *call) bool {
	return (f.Operation == "" || f.Operation == c.action) &&
		(f.JobID == "" || f.JobID == c.params.Get("JobId")) &&
		(f.FirmwareID == "" || f.FirmwareID == c.params.Get("FirmwareId")) &&
		(f.AccessKeyID == "" || f.AccessKeyID == c.proof.keyID)
}

func (f *fault) usedUp() bool { return f.Count > 0 && f.left == 0 }

// Inject adds a fault and returns a function that removes it, which may be called
// more than once. Of several that answer the same call, the one injected last does.
func (g *Gateway) Inject(f Fault) (remove func()) {
	added := &fault{Fault: f, left: f.Count}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = append(g.faults, added)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.faults = slices.DeleteFunc(g.faults, func(f *fault) bool { return f == added })
	}
}

// trouble is what the matching faults do to one call.
type trouble struct {
	latency time.Duration
	fault   *Fault // nil: the answer stays
}

// takeFaults collects what happens to a call. g.mu is held.
func (g *Gateway) takeFaults(c *call) trouble {
	var t trouble
	for _, f := range g.faults {
		if !f.matches(c) {
			continue
		}
		t.latency += f.Latency
		if f.LatencyFunc != nil {
			t.latency += f.LatencyFunc()
		}
		if f.Code != "" || f.Edit != nil || f.Kind != "" || f.Status != 0 {
			t.fault = &f.Fault
		}
		f.left--
	}
	g.faults = slices.DeleteFunc(g.faults, (*fault).usedUp)
	return t
}

// change returns what the call is answered instead of a.
func (t trouble) change(c *call, a answer) answer {
	f := t.fault
	if f == nil {
		return a
	}
	if f.Code != "" {
		e := gatewayError(f.Code, "The request has failed.")
		if isBusiness(f.Code) {
			e = businessError(f.Code)
		}
		e.message = cmp.Or(f.Message, e.message)
		a = c.refusal(e)
	}
	if f.Edit != nil {
		a.body = f.Edit(a.body)
	}
	switch {
	case f.Kind.isList():
		if bad, ok := f.Kind.badList(c); ok {
			a = bad
		}
	case f.Kind != "":
		a = f.spoil(a)
	}
	a.status = cmp.Or(f.Status, a.status)
	return a
}

// sleep waits for d; false is that ctx ended first.
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
