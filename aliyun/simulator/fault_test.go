package simulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// over sends a call with a real HTTP client.
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
	s.AddBatch(fleet.Batch{Account: "main", JobID: "j"})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for name, c := range map[string]struct {
		fault gateway.Fault
		check func(res *http.Response, body []byte, err error) bool
	}{
		"a reset": {gateway.Fault{Kind: gateway.Reset}, func(_ *http.Response, _ []byte, err error) bool {
			return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
		}},
		"half a body": {gateway.Fault{Kind: gateway.Truncate}, func(res *http.Response, body []byte, err error) bool {
			return errors.Is(err, io.ErrUnexpectedEOF) && res.StatusCode == 200 && int64(len(body)) == res.ContentLength/2
		}},
		"garbage": {gateway.Fault{Kind: gateway.Garbage}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 200 && len(body) > 0 && body[0] != '{'
		}},
		"a proxy's page": {gateway.Fault{Kind: gateway.HTML}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 502 && strings.HasPrefix(string(body), "<html>")
		}},
		"a proxy's page with another status": {gateway.Fault{Kind: gateway.HTML, Status: 200}, func(res *http.Response, _ []byte, err error) bool {
			return err == nil && res.StatusCode == 200
		}},
		"nothing": {gateway.Fault{Kind: gateway.Empty}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 200 && len(body) == 0
		}},
		"a redirect": {gateway.Fault{Kind: gateway.Redirect, Location: "http://127.0.0.1:1/x"}, func(res *http.Response, _ []byte, err error) bool {
			return err == nil && res.StatusCode == 302 && res.Header.Get("Location") == "http://127.0.0.1:1/x"
		}},
		"three megabytes": {gateway.Fault{Kind: gateway.Huge, Size: 3 << 20}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && len(body) == 3<<20 && strings.HasPrefix(string(body), `{"Success":true,`)
		}},
		"a gateway error": {gateway.Fault{Code: "ServiceUnavailable"}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 503 && strings.Contains(string(body), `"Code":"ServiceUnavailable","Message":"`)
		}},
		"a gateway error with a status": {gateway.Fault{Code: "Throttling", Status: 429, Message: "slow"}, func(res *http.Response, body []byte, err error) bool {
			return err == nil && res.StatusCode == 429 && strings.Contains(string(body), `"Code":"Throttling","Message":"slow"`)
		}},
		"a business error": {gateway.Fault{Code: "Iot.system.BillIsOverDue"}, func(res *http.Response, body []byte, err error) bool {
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
	s.AddBatch(fleet.Batch{Account: "main", JobID: "j"})
	s.AddBatch(fleet.Batch{Account: "main", JobID: "k"})
	code := func(action, job string) string { return ask(t, s, action, "JobId", job).code() }

	remove := s.Inject(gateway.Fault{Operation: "QueryOTAJob", JobID: "j", AccessKeyID: "testid", Code: "A"})
	s.Inject(gateway.Fault{AccessKeyID: "other", Code: "B"})
	if a, b, c := code("QueryOTAJob", "j"), code("QueryOTAJob", "k"), code("ListOTATaskByJob", "j"); a != "A" || b != "" || c != "" {
		t.Errorf("one job of one operation: %q, %q, %q", a, b, c)
	}
	s.Inject(gateway.Fault{Code: "C", Count: 2})
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
		s.AddBatch(fleet.Batch{Account: "main", JobID: "j"})
		dial, stop := network.Pipe(s)
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
		drop := s.Inject(gateway.Fault{Latency: time.Second})
		s.Inject(gateway.Fault{Count: 1, LatencyFunc: func() time.Duration { return 2 * time.Second }})
		if took, err := call(time.Minute); took != 3*time.Second || err != nil {
			t.Errorf("two latencies: %v, %v", took, err)
		}
		if took, err := call(500 * time.Millisecond); took != 500*time.Millisecond || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a latency beyond the client's patience: %v, %v", took, err)
		}
		drop()
		s.Inject(gateway.Fault{Kind: gateway.Hang})
		if took, err := call(time.Hour); took != time.Hour || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a hang: %v, %v", took, err)
		}
		synctest.Wait() // the bubble's end finds a handler that still hangs
	})
}
