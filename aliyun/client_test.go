package aliyun_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// fixedKeys is a source of keys that never change.
type fixedKeys struct {
	keys     aliyun.Keys
	err      error
	rejected atomic.Int32
}

func (k *fixedKeys) Keys(context.Context) (aliyun.Keys, error) { return k.keys, k.err }
func (k *fixedKeys) Reject(aliyun.Keys)                        { k.rejected.Add(1) }

const good = `{"RequestId":"R","Success":true,"Data":{"JobStatus":"IN_PROGRESS"}}`

// query makes one call to a server with that handler.
func query(t *testing.T, ctx context.Context, o aliyun.Options, handler http.HandlerFunc) (*aliyun.Job, *aliyun.Error) {
	t.Helper()
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	server := httptest.NewServer(handler)
	defer server.Close()
	client := aliyun.NewClient(&fixedKeys{}, o)
	defer client.Close()
	job, err := client.QueryOTAJob(ctx, aliyun.Instance{URL: server.URL, ID: "iot-1"}, "job-1")
	var failure *aliyun.Error
	if err != nil && !errors.As(err, &failure) {
		t.Fatalf("%T is no *Error: %v", err, err)
	}
	return job, failure
}

func TestCallOnTheWire(t *testing.T) {
	var seen *http.Request
	job, err := query(t, t.Context(), aliyun.Options{UserAgent: "exporter/1"}, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		fmt.Fprint(w, good)
	})
	if err != nil || job.Status() != aliyun.StatusInProgress {
		t.Fatalf("job %v, error %v", job, err)
	}
	got := map[string]string{"method": seen.Method, "path": seen.URL.Path, "query": seen.URL.RawQuery}
	for _, name := range []string{"Accept", "User-Agent", "X-Acs-Action", "X-Acs-Version"} {
		got[name] = seen.Header.Get(name)
	}
	want := map[string]string{
		"method": "POST", "path": "/", "query": "IotInstanceId=iot-1&JobId=job-1",
		"Accept": "application/json", "User-Agent": "exporter/1", "X-Acs-Action": "QueryOTAJob", "X-Acs-Version": "2018-01-20",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCallFailures(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	short := aliyun.Options{Timeout: 50 * time.Millisecond}
	for name, c := range map[string]struct {
		options aliyun.Options
		handler http.HandlerFunc
		class   aliyun.Class
		status  int
		text    string
	}{
		"no answer before the timeout": {short, hang, aliyun.ClassTimeout, 0, "deadline exceeded"},
		"the body hangs": {short, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, good[:10])
			w.(http.Flusher).Flush()
			hang(w, r)
		}, aliyun.ClassTimeout, 200, "deadline exceeded"},
		"the body is cut off": {aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, good)
		}, aliyun.ClassDecode, 200, "cut off"},
		"the connection is reset": {aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}, aliyun.ClassTransport, 0, ""},
		"the answer is over the cap": {aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				w.Write(make([]byte, 1<<20))
			}
		}, aliyun.ClassDecode, 200, "larger than 1048576 bytes"},
		"a redirect": {aliyun.Options{}, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				t.Error("the redirect was followed")
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, aliyun.ClassDecode, 302, `a redirect, which is not followed, to "http://127.0.0.1:`},
		"an HTML page with status 502": {aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			fmt.Fprint(w, "<html>")
		}, aliyun.ClassServer, 502, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := query(t, t.Context(), c.options, c.handler)
			if err == nil {
				t.Fatal("no error")
			}
			if err.Class != c.class || err.HTTPStatus != c.status || !strings.Contains(err.Error(), c.text) {
				t.Errorf("class %s, status %d: %v", err.Class, err.HTTPStatus, err)
			}
			if strings.Contains(err.Error(), "JobId") {
				t.Errorf("the error repeats the URL: %v", err)
			}
		})
	}
}

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

func TestUnreachable(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	client := aliyun.NewClient(&fixedKeys{}, aliyun.Options{})
	for name, url := range map[string]string{
		"nothing listens":         closed.URL,
		"a host without address":  "http://host.invalid",
		"a URL that is none":      "http://[::1",
		"plain HTTP behind https": strings.Replace(closed.URL, "http:", "https:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: url}, "job-1")
			var failure *aliyun.Error
			if !errors.As(err, &failure) || failure.Class != aliyun.ClassTransport {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWithoutCredentials(t *testing.T) {
	client := aliyun.NewClient(&fixedKeys{err: errors.New("nobody knows a key")}, aliyun.Options{})
	_, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: "http://127.0.0.1:1"}, "job-1")
	if want := "QueryOTAJob: auth: no credential: nobody knows a key"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRefusedKeysAreReported(t *testing.T) {
	sim := simulator.New()
	server := httptest.NewServer(sim)
	defer server.Close()
	keys := &fixedKeys{keys: aliyun.Keys{AccessKeyID: "unknown", AccessKeySecret: "s"}}
	client := aliyun.NewClient(keys, aliyun.Options{})
	defer client.Close()
	client.QueryOTAJob(t.Context(), aliyun.Instance{URL: server.URL}, "job-1")
	if keys.rejected.Load() != 1 {
		t.Error("the source of the keys was not told that they are bad")
	}
}

func TestSecretInTheAPIsMessageIsHidden(t *testing.T) {
	sim := simulator.New()
	sim.AddAccount(simulator.Account{Name: "a", Keys: []simulator.Key{{ID: "id", Secret: "right", Token: "tok/en+=="}}})
	server := httptest.NewServer(sim)
	defer server.Close()
	client := aliyun.NewClient(&fixedKeys{keys: aliyun.Keys{AccessKeyID: "id", AccessKeySecret: "wrong", SecurityToken: "tok/en+=="}}, aliyun.Options{})
	defer client.Close()
	_, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: server.URL}, "job-1")
	var failure *aliyun.Error
	if !errors.As(err, &failure) || failure.Code != "SignatureDoesNotMatch" || failure.Message == "" || failure.RequestID == "" {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(failure.Message, "tok/en") {
		t.Errorf("the token is in the error: %v", err)
	}
}

func TestObserverSeesEveryCall(t *testing.T) {
	var calls []aliyun.Call
	observe := aliyun.Options{Observe: func(c aliyun.Call) { calls = append(calls, c) }}
	query(t, t.Context(), observe, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Replace(good, `"IN_PROGRESS"`, `"IN_PROGRESS","UtcCreate":"yesterday"`, 1))
	})
	_, failure := query(t, t.Context(), observe, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	if len(calls) != 2 {
		t.Fatalf("%d calls seen, want 2", len(calls))
	}
	if c := calls[0]; c.Err != nil || c.Operation != "QueryOTAJob" || c.Duration <= 0 || !cmp.Equal(c.Unreadable, []string{"Data.UtcCreate"}) {
		t.Errorf("first call: %+v", c)
	}
	if c := calls[1]; !errors.Is(c.Err, error(failure)) {
		t.Errorf("second call: %+v", c)
	}
}

// Twenty callers that go on and on need about twenty connections, not one a
// call. A dial that has begun is not called off when a connection comes free,
// so there can be some more.
func TestConnectionsAreKept(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, good) }))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client := aliyun.NewClient(&fixedKeys{}, aliyun.Options{})
	defer client.Close()
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			for range 50 {
				if _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: server.URL}, "job-1"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
	if n := connections.Load(); n > 40 {
		t.Errorf("%d connections for 20 callers and 1,000 calls", n)
	}
}

func TestMisprintedValues(t *testing.T) {
	job, err := query(t, t.Context(), aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"Success":true,"Data":{"JobStatus":"COMPLETE","JobType":"VERFIY_FIRMWARE"}}`)
	})
	if err != nil || job.Status() != aliyun.StatusCompleted || *job.JobType != "VERIFY_FIRMWARE" {
		t.Errorf("job %+v, error %v", job, err)
	}
}
