package aliyun

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// zipped returns a MiB of zeros in gzip, about 1 KiB.
func zipped(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// emptyGzip returns many complete but empty gzip streams.
func emptyGzip(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := gzip.NewWriter(&b).Close(); err != nil {
		t.Fatal(err)
	}
	return strings.Repeat(b.String(), 1000)
}

// For an answer of any length or speed, the client reads a limited number of bytes and
// ends within its timeout.
func TestAnswersWithoutEnd(t *testing.T) {
	const (
		status  = "HTTP/1.1 200 OK\r\n"
		plain   = status + "Content-Type: application/json\r\n\r\n"
		inGzip  = status + "Content-Encoding: gzip\r\n\r\n"
		upgrade = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
		chunked = status + "Transfer-Encoding: chunked\r\n\r\n"
		timeout = 10 * time.Second
	)
	many := strings.Repeat("a", 32<<10)
	for name, c := range map[string]struct {
		first, again string        // what the server sends once, and then for ever
		every        time.Duration // 0: as fast as it is read
		class        Class
		text         string // a part of the error
		most         int    // bytes that the client may read
	}{
		"a body without end":                {plain, many, 0, ClassDecode, "larger than 1048576 bytes", maxAnswer + 128<<10},
		"chunks without end":                {chunked, "8000\r\n" + many + "\r\n", 0, ClassDecode, "larger than 1048576 bytes", maxAnswer + 128<<10},
		"a small gzip that unpacks to much": {inGzip, zipped(t), 0, ClassDecode, "larger than 1048576 bytes", 16 << 10},
		"gzip that unpacks to nothing":      {inGzip + zipped(t)[:10], strings.Repeat("\x00\x00\x00\xff\xff", 1000), 0, ClassDecode, "larger than 1048576 bytes", maxAnswer + 128<<10},
		"gzip after gzip":                   {inGzip, emptyGzip(t), 0, ClassDecode, "larger than 1048576 bytes", maxAnswer + 128<<10},
		"another protocol, then silence":    {upgrade, "", time.Second, ClassDecode, "does not use this HTTP status (HTTP 101)", 1000},
		"another protocol without end":      {upgrade, many, 0, ClassDecode, "does not use this HTTP status (HTTP 101)", 64 << 10},
		"a redirect without end":            {"HTTP/1.1 302 Found\r\n\r\n", many, 0, ClassDecode, "a redirect", 64 << 10},
		"an error without end":              {"HTTP/1.1 503 Service Unavailable\r\n\r\n", many, 0, ClassDecode, "larger than 1048576 bytes", maxAnswer + 128<<10},
		"content after 204 No Content":      {"HTTP/1.1 204 No Content\r\n\r\n", many, 0, ClassDecode, "the answer is empty", 64 << 10},
		"a status line without end":         {"HTTP/1.1 200 ", many, 0, ClassTransport, "exceeded", maxHeader + 64<<10},
		"a header without end":              {status + "X-A: ", many, 0, ClassTransport, "exceeded", maxHeader + 64<<10},
		"headers without end":               {status, strings.Repeat("X-A: b\r\n", 1000), 0, ClassTransport, "exceeded", maxHeader + 64<<10},
		"early hints without end":           {"", strings.Repeat("HTTP/1.1 103 Early Hints\r\nX-A: b\r\n\r\n", 100), 0, ClassTransport, "", maxHeader + 64<<10},
		"100 Continue without end":          {"", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100), 0, ClassTransport, "", maxHeader + 64<<10},
		"an unknown 1xx status without end": {"", strings.Repeat("HTTP/1.1 199 Later\r\n\r\n", 100), 0, ClassTransport, "", maxHeader + 64<<10},
		"trailers without end":              {chunked + "0\r\n", strings.Repeat("X-A: b\r\n", 1000), 0, ClassTransport, "", 256 << 10},
		"a chunk's length without end":      {chunked, "0", 0, ClassTransport, "", 256 << 10},
		"nothing":                           {"", "", time.Second, ClassTimeout, "deadline exceeded", 0},
		"a status line bit by bit":          {"", "H", time.Second, ClassTimeout, "deadline exceeded", 1000},
		"headers bit by bit":                {status, "X-A: b\r\n", time.Second, ClassTimeout, "deadline exceeded", 1000},
		"early hints bit by bit":            {"", "HTTP/1.1 103 Early Hints\r\n\r\n", 5 * time.Second, ClassTimeout, "deadline exceeded", 1000},
		"a body bit by bit":                 {plain, " ", time.Second, ClassTimeout, "deadline exceeded", 1000},
		"an error bit by bit":               {"HTTP/1.1 500 Internal Server Error\r\n\r\n", " ", time.Second, ClassTimeout, "deadline exceeded", 1000},
		"chunks bit by bit":                 {chunked, "1\r\n \r\n", time.Second, ClassTimeout, "deadline exceeded", 1000},
		"gzip bit by bit":                   {inGzip + zipped(t)[:10], "\x00", 3 * time.Second, ClassTimeout, "deadline exceeded", 1000},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				taken := 0 // bytes so far
				send := func(conn net.Conn, text string) bool {
					if text == "" {
						return true
					}
					n, err := io.WriteString(conn, text)
					taken += n
					return err == nil // the client has not closed
				}
				dial, stop := network.Pipe(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					conn, request, err := http.NewResponseController(w).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					defer conn.Close()
					gone := make(chan struct{})
					go func() {
						defer close(gone)
						io.Copy(io.Discard, request) // ends when the client closes
					}()
					for on := send(conn, c.first); on; on = send(conn, c.again) {
						if taken > 64<<20 {
							t.Error("the client reads without a limit")
							return
						}
						if c.every == 0 {
							continue
						}
						select {
						case <-gone:
							return
						case <-time.After(c.every):
						}
					}
				}))
				defer stop()
				transport := newTransport(timeout)
				transport.DialContext, transport.Proxy = dial, nil
				client := NewClient(staticKeys{}, Options{Transport: transport, Timeout: timeout})
				defer client.Close()
				start := time.Now()
				_, _, err := client.QueryOTAJob(t.Context(), Instance{URL: "http://endpoint"}, "job-1")
				if took := time.Since(start); took > timeout {
					t.Errorf("it took %v, want at most %v", took, timeout)
				}
				failure, ok := errors.AsType[*Error](err)
				if !ok || failure.Class != c.class || !strings.Contains(err.Error(), c.text) {
					t.Errorf("got %v, want class %s and %q", err, c.class, c.text)
				}
				synctest.Wait()
				if taken > c.most {
					t.Errorf("the client took %d bytes, want at most %d", taken, c.most)
				}
			})
		})
	}
}
