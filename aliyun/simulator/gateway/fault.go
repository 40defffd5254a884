package gateway

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Fault makes calls fail. The zero value matches every call and changes nothing.
//
// The gateway checks a call with a fault like any other call and counts it against the
// quota. The fault changes only the answer.
type Fault struct {
	// Operation, JobID, FirmwareID and AccessKeyID select the calls; "" matches all.
	Operation, JobID, FirmwareID, AccessKeyID string
	// Count is the number of calls that it affects; 0 is all until it is removed.
	Count int

	// Latency and the result of LatencyFunc delay the answer. The latencies of all
	// matching faults add up.
	Latency     time.Duration
	LatencyFunc func() time.Duration

	// Code answers with an error. If it starts with "iot.", it is a business error with
	// HTTP 200, otherwise a gateway error with the gateway's status for it, or 400. A
	// Message of "" is the usual message.
	Code, Message string
	// Edit changes the body of this error or, without a Code, of the usual answer.
	Edit func(body []byte) []byte
	// Kind answers in a way in which the API does not answer.
	Kind Kind
	// Status replaces the HTTP status of the answer; 0 does not.
	Status int
	// Location is the target URL of Redirect.
	Location string
	// Size is the length of the body of Huge, and of the decompressed body of Bomb, in
	// bytes.
	Size int64
}

// fault is an injected Fault; guarded by Gateway.mu.
type fault struct {
	Fault
	left int // remaining calls if Count is set
}

func (f *fault) matches(c *call) bool {
	return (f.Operation == "" || f.Operation == c.action) &&
		(f.JobID == "" || f.JobID == c.params.Get("JobId")) &&
		(f.FirmwareID == "" || f.FirmwareID == c.params.Get("FirmwareId")) &&
		(f.AccessKeyID == "" || f.AccessKeyID == c.proof.keyID)
}

func (f *fault) usedUp() bool { return f.Count > 0 && f.left == 0 }

// Inject adds a fault and returns a function that removes it, which may be called more
// than once. If several faults change the answer of a call, the last one does.
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

// trouble is the effect of all matching faults on one call.
type trouble struct {
	latency   time.Duration
	latencies []func() time.Duration
	fault     *Fault // nil does not change the answer
}

// takeFaults collects the faults of a call. The caller holds g.mu.
func (g *Gateway) takeFaults(c *call) trouble {
	var t trouble
	for _, f := range g.faults {
		if !f.matches(c) {
			continue
		}
		t.latency += f.Latency
		if f.LatencyFunc != nil {
			t.latencies = append(t.latencies, f.LatencyFunc)
		}
		if f.Code != "" || f.Edit != nil || f.Kind != "" || f.Status != 0 {
			t.fault = &f.Fault
		}
		f.left--
	}
	g.faults = slices.DeleteFunc(g.faults, (*fault).usedUp)
	return t
}

// delay returns the sum of all latencies.
func (t trouble) delay() time.Duration {
	d := t.latency
	for _, more := range t.latencies {
		d += more()
	}
	return d
}

// change returns the answer to the call; a is the answer without a fault.
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

// sleep waits for d. It returns false if ctx ends first.
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
