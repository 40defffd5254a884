package simulator_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// The endless answers as a client of net/http sees them.
func TestEndlessAnswers(t *testing.T) {
	t.Parallel()
	s := account()
	s.AddBatch(fleet.Batch{Account: "main", JobID: "j"})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	transport := &http.Transport{DisableCompression: true, MaxResponseHeaderBytes: 16 << 10}
	client := &http.Client{Transport: transport}
	t.Cleanup(transport.CloseIdleConnections)
	for name, c := range map[string]struct {
		fault gateway.Fault
		check func(t *testing.T, res *http.Response, err error)
	}{
		"another protocol": {gateway.Fault{Kind: gateway.Switch}, func(t *testing.T, res *http.Response, err error) {
			if err != nil || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Upgrade") == "" {
				t.Errorf("%v, %v", res, err)
			}
		}},
		"early hints": {gateway.Fault{Kind: gateway.Hints}, wantTooMuch},
		"headers":     {gateway.Fault{Kind: gateway.Headers}, wantTooMuch},
		"a trickle": {gateway.Fault{Kind: gateway.Trickle}, func(t *testing.T, res *http.Response, err error) {
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if _, err := io.ReadFull(res.Body, make([]byte, 2)); err != nil || time.Since(start) < time.Second {
				t.Errorf("two bytes after %v, %v", time.Since(start), err)
			}
		}},
		"a bomb": {gateway.Fault{Kind: gateway.Bomb, Size: 8 << 20}, func(t *testing.T, res *http.Response, err error) {
			if err != nil || res.Header.Get("Content-Encoding") != "gzip" {
				t.Fatalf("%v, %v", res, err)
			}
			sent := &counted{Reader: res.Body}
			unpacked, err := gzip.NewReader(sent)
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, unpacked)
			if n != 8<<20 || err != nil || sent.n > 64<<10 {
				t.Errorf("%d bytes from %d, %v", n, sent.n, err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			defer s.Inject(c.fault)()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			r := signing{params: pairs("JobId", "j")}.acs3()
			r.RequestURI, r.URL.Host = "", strings.TrimPrefix(server.URL, "http://")
			res, err := client.Do(r.WithContext(ctx))
			if err == nil {
				defer res.Body.Close()
			}
			c.check(t, res, err)
			if errors.Is(err, context.DeadlineExceeded) {
				t.Error("nothing came")
			}
		})
	}
}

func wantTooMuch(t *testing.T, _ *http.Response, err error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), "exceeded 16384 bytes") {
		t.Errorf("error %v", err)
	}
}

// counted counts the bytes that are read.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}
