package aliyun

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"
)

// departure notes whether and when a request may have left, which net/http's
// errors do not tell. Its callbacks can come after the call has ended.
type departure struct {
	mu sync.Mutex // guards at
	at time.Time  // zero: nothing was sent
}

// follow gives a context that tells the departure of a request made with it.
// A connection is enough to count as sent. WroteRequest comes a little later,
// but before the bytes are handed to the kernel.
func (d *departure) follow(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { d.left() },
		WroteRequest: func(httptrace.WroteRequestInfo) { d.left() },
	})
}

func (d *departure) left() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = time.Now()
}

// arrivesBy is when the request has arrived at the latest if the network takes
// no longer than this, or zero if nothing was sent.
func (d *departure) arrivesBy(network time.Duration) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at.IsZero() {
		return time.Time{}
	}
	return d.at.Add(network)
}
