package aliyun_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// errReset is the error of a connection that the peer resets.
var errReset = errors.New("connection reset by peer")

// Error.ArrivesBy at a timeout of 10 s: whether and until when a failed call may still
// reach the API.
func TestArrivesBy(t *testing.T) {
	const timeout = 10 * time.Second
	// peer returns a dial function. It runs the other end of each connection.
	peer := func(do func(c net.Conn)) func(context.Context) (net.Conn, error) {
		return func(context.Context) (net.Conn, error) {
			client, server := net.Pipe()
			go func() {
				defer server.Close()
				do(server)
			}()
			return client, nil
		}
	}
	readRequest := func(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)) }
	stall := func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
	answer := func(text string, then func(net.Conn)) func(net.Conn) {
		return func(c net.Conn) {
			readRequest(c)
			_, _ = io.WriteString(c, text)
			then(c)
		}
	}
	end := func(net.Conn) {}
	for name, c := range map[string]struct {
		url   string // "": http://iot
		proxy string
		keys  error
		stop  time.Duration // the caller ends the call; 0: never
		dial  func(context.Context) (net.Conn, error)
		want  time.Duration // after the start; 0: it was answered, or never sent
	}{
		"no answer":                          {dial: peer(stall), want: 2 * timeout},
		"the caller ends it":                 {dial: peer(stall), stop: 3 * time.Second, want: 2 * timeout},
		"the connection ends":                {dial: peer(readRequest), want: 2 * timeout},
		"the connection ends a little later": {dial: peer(func(c net.Conn) { readRequest(c); time.Sleep(4 * time.Second) }), want: 2 * timeout},
		"a connection that takes 4 s": {dial: func(ctx context.Context) (net.Conn, error) {
			time.Sleep(4 * time.Second)
			return peer(stall)(ctx)
		}, want: 4*time.Second + 2*timeout},
		"half of the request is read":      {dial: peer(func(c net.Conn) { _, _ = c.Read(make([]byte, 5)); time.Sleep(time.Hour) }), want: 2 * timeout},
		"an answer that is not HTTP":       {dial: peer(answer("SSH-2.0-OpenSSH\r\n\r\n", stall)), want: 2 * timeout},
		"an early answer and no other one": {dial: peer(answer("HTTP/1.1 103 Early Hints\r\n\r\n", stall)), want: 2 * timeout},
		"half of the headers":              {dial: peer(answer("HTTP/1.1 200 OK\r\nA: ", stall)), want: 2 * timeout},

		"a refusal":                   {dial: peer(answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", stall))},
		"a redirect":                  {dial: peer(answer("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", stall))},
		"a body that never comes":     {dial: peer(answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", stall))},
		"an incomplete body":          {dial: peer(answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{", end))},
		"no connection":               {dial: func(context.Context) (net.Conn, error) { return nil, errReset }},
		"no connection in time":       {dial: func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }},
		"a TLS handshake that fails":  {url: "https://iot", dial: peer(func(c net.Conn) { _, _ = c.Read(make([]byte, 1000)); _, _ = io.WriteString(c, "HTTP/1.0 400\r\n") })},
		"a TLS handshake that stalls": {url: "https://iot", dial: peer(stall)},
		"a proxy that refuses":        {url: "https://iot", proxy: "http://proxy", dial: peer(answer("HTTP/1.1 502 Bad Gateway\r\n\r\n", end))},
		"a proxy that stalls":         {url: "https://iot", proxy: "http://proxy", dial: peer(stall)},
		"no credential":               {keys: errors.New("no key"), dial: peer(stall)},
		"ended before it began":       {dial: peer(stall), stop: -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx) }}
				defer transport.CloseIdleConnections()
				if c.proxy != "" {
					proxy, err := url.Parse(c.proxy)
					if err != nil {
						t.Fatal(err)
					}
					transport.Proxy = http.ProxyURL(proxy)
				}
				var client *aliyun.Client
				if options := (aliyun.Options{Transport: transport, Timeout: timeout}); c.keys != nil {
					client = aliyun.NewClient(noKeys{c.keys}, options)
				} else {
					client = aliyun.NewClient(&fixedKeys{keys: credentials.Keys{AccessKeyID: "id", AccessKeySecret: "secret"}}, options)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if c.stop < 0 {
					cancel()
				} else if c.stop > 0 {
					time.AfterFunc(c.stop, cancel)
				}
				if c.url == "" {
					c.url = "http://iot"
				}
				start := time.Now()
				_, _, err := client.QueryOTAJob(ctx, aliyun.Instance{URL: c.url}, "job-1")
				failure, ok := errors.AsType[*aliyun.Error](err)
				if !ok {
					t.Fatalf("got %v, want a failure", err)
				}
				var got time.Duration
				if !failure.ArrivesBy.IsZero() {
					got = failure.ArrivesBy.Sub(start)
				}
				if got != c.want {
					t.Errorf("it may arrive until %v after the start, want %v: %v", got, c.want, err)
				}
				time.Sleep(2 * time.Hour) // the peers end
			})
		})
	}
}

type noKeys struct{ err error }

func (n noKeys) Keys(context.Context) (credentials.Keys, error) { return credentials.Keys{}, n.err }
func (n noKeys) Reject(credentials.Keys)                        {}
