package aliyun_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// serve makes a call to a server with this handler and returns the error of the call. It
// fails the test if a goroutine is left.
func serve(t *testing.T, o aliyun.Options, handler http.HandlerFunc, call func(*aliyun.Client, aliyun.Instance) error) *aliyun.Error {
	t.Helper()
	return serveAt(t, "plain HTTP", o, handler, call)
}

// serveAt is serve with one of the endpoints.
func serveAt(t *testing.T, endpoint string, o aliyun.Options, handler http.HandlerFunc, call func(*aliyun.Client, aliyun.Instance) error) *aliyun.Error {
	t.Helper()
	address, transport := aliyun.Endpoints[endpoint](t, handler)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	o.Transport = transport
	client := aliyun.NewClient(&fixedKeys{}, o)
	defer client.Close()
	err := call(client, aliyun.Instance{URL: address, ID: "iot-1"})
	failure, ok := errors.AsType[*aliyun.Error](err)
	if err != nil && !ok {
		t.Fatalf("%T is no *Error: %v", err, err)
	}
	return failure
}

// query asks the server for a batch.
func query(t *testing.T, ctx context.Context, o aliyun.Options, handler http.HandlerFunc) (job *aliyun.Job, failure *aliyun.Error) {
	t.Helper()
	failure = serve(t, o, handler, func(c *aliyun.Client, in aliyun.Instance) (err error) {
		job, _, err = c.QueryOTAJob(ctx, in, "job-1")
		return err
	})
	return job, failure
}

// The request without its signature, which has its own tests.
func TestCallOnTheWire(t *testing.T) {
	var seen *http.Request
	job, err := query(t, t.Context(), aliyun.Options{UserAgent: "exporter/1"}, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		fmt.Fprint(w, goodAnswer)
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

// Every failure has a class and a text with the cause. The text does not contain the URL,
// whose query has the whole request.
func TestCallFailures(t *testing.T) {
	// The server must not answer after the client has left: over TLS the client may still
	// read the answer.
	hang := func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	short := aliyun.Options{Timeout: 50 * time.Millisecond}
	for name, c := range map[string]struct {
		options aliyun.Options
		handler http.HandlerFunc
		class   aliyun.Class
		status  int    // 0 where there is no answer
		text    string // a part of the error
	}{
		"no answer before the timeout": {short, hang, aliyun.ClassTimeout, 0, "deadline exceeded"},
		"the body hangs": {aliyun.Options{Timeout: time.Second}, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, goodAnswer[:10])
			w.(http.Flusher).Flush()
			hang(w, r)
		}, aliyun.ClassTimeout, 200, "deadline exceeded"},
		"the body is incomplete": {aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, goodAnswer)
		}, aliyun.ClassDecode, 200, "incomplete"},
		"the connection is reset": {aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			if over, ok := conn.(*tls.Conn); ok {
				conn = over.NetConn()
			}
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
		}, aliyun.ClassDecode, 302, `a redirect, which is not followed, to "http`},
		"an HTML page with status 502": {aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			fmt.Fprint(w, "<html>")
		}, aliyun.ClassServer, 502, ""},
	} {
		for endpoint := range aliyun.Endpoints {
			t.Run(name+", at "+endpoint, func(t *testing.T) {
				err := serveAt(t, endpoint, c.options, c.handler, func(client *aliyun.Client, in aliyun.Instance) error {
					_, _, err := client.QueryOTAJob(t.Context(), in, "job-1")
					return err
				})
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
}

// Some of Alibaba's pages misspell values. It is not known whether the API does so too, so
// the client accepts both spellings.
func TestMisprintedValues(t *testing.T) {
	job, err := query(t, t.Context(), aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"Success":true,"Data":{"JobStatus":"COMPLETE","JobType":"VERFIY_FIRMWARE"}}`)
	})
	if err != nil || job.Status() != aliyun.StatusCompleted || *job.JobType != "VERIFY_FIRMWARE" {
		t.Errorf("job %+v, error %v", job, err)
	}
}

// The observer gets every call: failures, and fields that cannot be read although the call
// succeeds.
func TestObserverSeesEveryCall(t *testing.T) {
	var calls []aliyun.Call
	observe := aliyun.Options{Observe: func(c aliyun.Call) { calls = append(calls, c) }}
	query(t, t.Context(), observe, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Replace(goodAnswer, `"IN_PROGRESS"`, `"IN_PROGRESS","UtcCreate":"yesterday"`, 1))
	})
	_, failure := query(t, t.Context(), observe, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	if len(calls) != 2 {
		t.Fatalf("%d calls seen, want 2", len(calls))
	}
	if c := calls[0]; c.Err != nil || c.Operation != "QueryOTAJob" || c.Duration <= 0 || !cmp.Equal(c.Notes, []aliyun.Note{{Field: "Data.UtcCreate", Text: "cannot be read; it is left out"}}) {
		t.Errorf("first call: %+v", c)
	}
	// The observer and the caller get the same error.
	if c := calls[1]; !errors.Is(c.Err, error(failure)) {
		t.Errorf("second call: %+v", c)
	}
}
