package network_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// A client cannot tell a direct call from one over a connection: the handler sees the same
// request, and the client sees the same answer or failure.
func TestDirectIsLikeAConnection(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"an answer": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Seen", r.Method+" "+r.Host+" "+r.RequestURI+" "+r.Header.Get("X-Sent"))
			w.WriteHeader(http.StatusTeapot)
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(append(body, "ok"...))
		},
		"an empty answer": func(http.ResponseWriter, *http.Request) {},
		"no answer": func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		},
		"half an answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = w.Write([]byte("01234"))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"a late answer": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then a server notices that its client has gone
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dial, stop := network.Pipe(handler)
				defer stop()
				connection := &http.Transport{DialContext: dial, DisableCompression: true}
				defer connection.CloseIdleConnections()
				want, got := outcome(t, connection), outcome(t, network.Direct{Handler: handler})
				if got != want {
					t.Errorf("directly %s\nover a connection %s", got, want)
				}
			})
		})
	}
}

// outcome describes what a client sees of a call.
func outcome(t *testing.T, transport http.RoundTripper) string {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://endpoint/path?a=b", strings.NewReader("sent "))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Sent", "yes")
	response, err := transport.RoundTrip(r)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "too late"
	case errors.Is(err, io.EOF):
		return "closed"
	case err != nil:
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "status " + http.StatusText(response.StatusCode) + ", then " + err.Error()
	}
	return "status " + http.StatusText(response.StatusCode) + ", saw " + response.Header.Get("X-Seen") + ": " + string(body)
}

// An answer without end stops when the client has what it can read.
func TestDirectAnswerWithoutEnd(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://endpoint/", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := network.Direct{Handler: handler}.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(response.Body); err != nil || len(body) < 1<<20 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}
