package harness

import (
	"context"
	"net"
	"net/http"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// calls is the transport of the exporter.
type calls struct{ h *Harness }

func (c calls) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.h.connections != nil {
		return c.h.connections.RoundTrip(r)
	}
	if c.h.unreachable.Load() {
		return nil, noSuchHost()
	}
	return network.Direct{Handler: *c.h.answers.Load()}.RoundTrip(r)
}

// CloseIdleConnections is called by a client that is no longer used.
func (c calls) CloseIdleConnections() {
	if c.h.connections != nil {
		c.h.connections.CloseIdleConnections()
	}
}

// Dial is the DialContext of an http.Transport.
type Dial = func(ctx context.Context, network, address string) (net.Conn, error)

// OverConnections makes calls take the way of net/http, over connections in memory, which
// doubles their cost. It is for faults that break a connection or the protocol. Call it
// before Apply.
func (h *Harness) OverConnections() {
	if h.connections != nil {
		return
	}
	dial, stop := network.Pipe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*h.answers.Load()).ServeHTTP(w, r) }))
	h.dial = dial
	h.connections = &http.Transport{
		MaxIdleConnsPerHost: 10,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if h.unreachable.Load() {
				return nil, noSuchHost()
			}
			return h.dial(ctx, network, address)
		},
	}
	h.T.Cleanup(func() {
		h.Poller.Stop() // no call may wait for the server that stops
		h.connections.CloseIdleConnections()
		stop()
	})
}

// DialBy calls OverConnections and changes how connections are made. connect gets the
// function that connects to the simulator.
func (h *Harness) DialBy(connect func(dial Dial) Dial) {
	h.OverConnections()
	h.dial = connect(h.dial)
}

// RefuseConnections makes the endpoint unreachable, or reachable again. It closes idle
// connections, which would still work.
func (h *Harness) RefuseConnections(on bool) {
	h.unreachable.Store(on)
	if on {
		calls{h}.CloseIdleConnections()
	}
}

func noSuchHost() error {
	return &net.DNSError{Err: "no such host", Name: "iot.cn-shanghai.aliyuncs.com", IsNotFound: true}
}

// RedirectTo makes this exporter use the simulator of another harness.
func (h *Harness) RedirectTo(other *Harness) {
	h.Sim = other.Sim
	h.answers.Store(other.answers.Load())
}

// AnswerBy makes a handler answer in place of the simulator, from the next call on.
func (h *Harness) AnswerBy(handler http.Handler) { h.answers.Store(&handler) }
