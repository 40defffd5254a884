package simulator_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// over sends a call through a real client.
func over(ctx context.Context, client *http.Client, base string, c signing) (*http.Response, []byte, error) {
	r := c.acs3()
	r.RequestURI = ""
	r.URL.Host = strings.TrimPrefix(base, "http://")
	res, err := client.Do(r.WithContext(ctx))
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	s := account()
	s.AddBatch(simulator.Batch{Account: "main", JobID: "j"})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for name, c := range map[string]struct {
		fault simulator.Fault
		check func(res *http.Response, body []byte, err error) bool
	}{
		"a reset": {simulator.Fault{Kind: simulator.Reset}, func(_ *http.Response, _ []byte, err error) bool {
			return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
		}},
		"half a body": {simulator.Fault{Kind: simulator.Truncate}, func(res *http.Response, body []byte, err error) bool {
			return errors.Is(err, io.ErrUnexpectedEOF) && res.StatusCode == 200 && int64(len(body)) == res.ContentLength/2
		}},
		"garbage": {simulator.Fault{Kind: simulator.Garbage}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 200 && len(body) > 0 && body[0] != '{'
		}},
		"a proxy's page": {simulator.Fault{Kind: simulator.HTML}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 502 && strings.HasPrefix(string(body), "<html>")
		}},
		"a proxy's page with another status": {simulator.Fault{Kind: simulator.HTML, Status: 200}, func(res *http.Response, _ []byte, err error) bool {
			return err == nil && res.StatusCode == 200
		}},
		"nothing": {simulator.Fault{Kind: simulator.Empty}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 200 && len(body) == 0
		}},
		"a redirect": {simulator.Fault{Kind: simulator.Redirect, Location: "http://127.0.0.1:1/x"}, func(res *http.Response, _ []byte, err error) bool {
			return err == nil && res.StatusCode == 302 && res.Header.Get("Location") == "http://127.0.0.1:1/x"
		}},
		"three megabytes": {simulator.Fault{Kind: simulator.Huge, Size: 3 << 20}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && len(body) == 3<<20 && strings.HasPrefix(string(body), `{"Success":true,`)
		}},
		"a gateway error": {simulator.Fault{Code: "ServiceUnavailable"}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 503 && strings.Contains(string(body), `"Code":"ServiceUnavailable","Message":"`)
		}},
		"a gateway error with a status": {simulator.Fault{Code: "Throttling", Status: 429, Message: "slow"}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 429 && strings.Contains(string(body), `"Code":"Throttling","Message":"slow"`)
		}},
		"a business error": {simulator.Fault{Code: "Iot.system.BillIsOverDue"}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 200 && strings.Contains(string(body), `"Success":false,"Code":"Iot.system.BillIsOverDue"`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			defer s.Inject(c.fault)()
			res, body, err := over(t.Context(), client, server.URL, signing{params: pairs("JobId", "j")})
			if !c.check(res, body, err) {
				t.Errorf("%v, %q, %v", res, body[:min(len(body), 200)], err)
			}
		})
	}
	t.Run("and then all is well", func(t *testing.T) {
		_, body, err := over(t.Context(), client, server.URL, signing{params: pairs("JobId", "j")})
		if err != nil || !strings.Contains(string(body), `"Success":true`) {
			t.Errorf("%s, %v", body, err)
		}
		if got := s.Calls("main", "QueryOTAJob"); got.Accepted != 1 || got.Throttled != 1 || got.Other["html"] != 2 || got.Other["reset"] < 1 {
			t.Errorf("counters: %+v", got)
		}
	})
}

func TestFaultsMatch(t *testing.T) {
	t.Parallel()
	s := account()
	s.AddBatch(simulator.Batch{Account: "main", JobID: "j"})
	s.AddBatch(simulator.Batch{Account: "main", JobID: "k"})
	code := func(action, job string) string { return ask(t, s, action, "JobId", job).code() }

	remove := s.Inject(simulator.Fault{Operation: "QueryOTAJob", JobID: "j", AccessKeyID: "testid", Code: "A"})
	s.Inject(simulator.Fault{AccessKeyID: "other", Code: "B"})
	if a, b, c := code("QueryOTAJob", "j"), code("QueryOTAJob", "k"), code("ListOTATaskByJob", "j"); a != "A" || b != "" || c != "" {
		t.Errorf("one job of one operation: %q, %q, %q", a, b, c)
	}
	s.Inject(simulator.Fault{Code: "C", Count: 2})
	if a, b, c := code("QueryOTAJob", "j"), code("QueryOTAJob", "k"), code("QueryOTAJob", "j"); a != "C" || b != "C" || c != "A" {
		t.Errorf("the last injected, twice: %q, %q, %q", a, b, c)
	}
	remove()
	remove()
	if a := code("QueryOTAJob", "j"); a != "" {
		t.Errorf("removed: %q", a)
	}
}

func TestWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := account()
		s.AddBatch(simulator.Batch{Account: "main", JobID: "j"})
		dial, stop := simulator.Pipe(s)
		client := &http.Client{Transport: &http.Transport{DialContext: dial}}
		defer stop()
		defer client.CloseIdleConnections()
		call := func(timeout time.Duration) (time.Duration, error) {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			start := time.Now()
			_, _, err := over(ctx, client, "http://iot.example", signing{params: pairs("JobId", "j")})
			return time.Since(start), err
		}
		if took, err := call(time.Second); took != 0 || err != nil {
			t.Errorf("no fault: %v, %v", took, err)
		}
		drop := s.Inject(simulator.Fault{Latency: time.Second})
		s.Inject(simulator.Fault{Count: 1, LatencyFunc: func() time.Duration { return 2 * time.Second }})
		if took, err := call(time.Minute); took != 3*time.Second || err != nil {
			t.Errorf("two latencies: %v, %v", took, err)
		}
		if took, err := call(500 * time.Millisecond); took != 500*time.Millisecond || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a latency beyond the client's patience: %v, %v", took, err)
		}
		drop()
		s.Inject(simulator.Fault{Kind: simulator.Hang})
		if took, err := call(time.Hour); took != time.Hour || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a hang: %v, %v", took, err)
		}
		synctest.Wait() // the bubble's end finds a handler that still hangs
	})
}

func TestPipe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dial, stop := simulator.Pipe(simulator.New())
		stop()
		stop()
		if _, err := dial(t.Context(), "tcp", "x"); !errors.Is(err, net.ErrClosed) {
			t.Errorf("dial after stop: %v", err)
		}
	})
}
