package aliyun

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"
)

// departure records whether and when a request may have been sent. The errors of
// net/http do not say so. Its callbacks may run after the call has ended.
type departure struct {
	mu sync.Mutex // guards at
	at time.Time  // zero: nothing was sent
}

// follow returns a context that makes a request report its departure. A request counts
// as sent as soon as it has a connection. WroteRequest comes a little later and still
// before the bytes are handed to the kernel.
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

// arrivesBy returns the latest time at which the request can arrive if the network
// delays it by at most this long. It is zero if nothing was sent.
func (d *departure) arrivesBy(network time.Duration) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at.IsZero() {
		return time.Time{}
	}
	return d.at.Add(network)
}
