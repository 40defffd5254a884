package aliyun_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Twenty callers that make many calls need about twenty connections, not one per call. The
// limit is twice that, because a dial is not cancelled when another connection becomes
// free.
func TestConnectionsAreKept(t *testing.T) {
	for name, endpoint := range aliyun.Endpoints {
		t.Run(name, func(t *testing.T) {
			var connections sync.Map // by address
			address, transport := endpoint(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				connections.Store(r.RemoteAddr, true)
				fmt.Fprint(w, goodAnswer)
			}))
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			client := aliyun.NewClient(&fixedKeys{}, aliyun.Options{Transport: transport})
			defer client.Close()
			var callers sync.WaitGroup
			for range 20 {
				callers.Go(func() {
					for range 50 {
						if _, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: address}, "job-1"); err != nil {
							t.Error(err)
						}
					}
				})
			}
			callers.Wait()
			n := 0
			connections.Range(func(any, any) bool { n++; return true })
			if n > 40 {
				t.Errorf("%d connections for 20 callers and 1,000 calls", n)
			}
		})
	}
}

// A failure to connect has the class transport, even if the URL is wrong.
func TestUnreachable(t *testing.T) {
	plain, closed := httptest.NewServer(http.NotFoundHandler()), httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	closed.Close()
	client := aliyun.NewClient(&fixedKeys{}, aliyun.Options{})
	defer client.Close()
	for name, url := range map[string]string{
		"nothing listens":         closed.URL,
		"a host without address":  "http://host.invalid",
		"a URL that is invalid":   "http://[::1",
		"plain HTTP behind https": strings.Replace(plain.URL, "http:", "https:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: url}, "job-1")
			if failure, ok := errors.AsType[*aliyun.Error](err); !ok || failure.Class != aliyun.ClassTransport {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A call returns as soon as its context ends.
func TestCallEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := query(t, ctx, aliyun.Options{}, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
