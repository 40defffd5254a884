package web

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// untilClosed sends the texts one a second, the last of them for ever, and gives how long
// the server keeps the connection open and what it says meanwhile.
func untilClosed(t *testing.T, conn net.Conn, texts ...string) (open time.Duration, said string) {
	t.Helper()
	start := time.Now()
	read := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(conn) // ends when the server closes
		read <- string(text)
	}()
	for i := 0; ; i++ {
		select {
		case said = <-read:
			conn.Close()
			return time.Since(start), said
		case <-time.After(time.Second):
		}
		if len(texts) > 0 {
			_, _ = io.WriteString(conn, texts[min(i, len(texts)-1)]) // it fails once the server has closed
		}
		if time.Since(start) > time.Hour {
			t.Fatal("still open after an hour")
		}
	}
}

// However slow a client is, it can hold a connection only for a bounded time.
func TestSlowClients(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		most  time.Duration
		said  string
	}{
		"it says nothing":            {nil, 10 * time.Second, ""},
		"it never ends a line":       {[]string{"G"}, 11 * time.Second, "400 Bad Request"},
		"it never ends its headers":  {[]string{get, "X-A: b\r\n"}, 11 * time.Second, ""},
		"it never ends its body":     {[]string{"POST / HTTP/1.1\r\nHost: exporter\r\nContent-Length: 1000\r\n\r\n", "a"}, 31 * time.Second, "200 OK"},
		"it never ends its chunks":   {[]string{"POST / HTTP/1.1\r\nHost: exporter\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n"}, 31 * time.Second, "200 OK"},
		"it stays after its answer":  {[]string{get + "\r\n", ""}, 2*time.Minute + time.Second, "200 OK"},
		"it asks for another slowly": {[]string{get + "\r\n", "G", "E", "T", " "}, 16 * time.Second, "200 OK"},
		"it speaks another protocol": {[]string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n"}, 2 * time.Second, "400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
					io.Copy(io.Discard, r.Body)
					io.WriteString(w, "done")
				})
				open, said := untilClosed(t, dial(t, p), c.texts...)
				if open > c.most {
					t.Errorf("open for %v, want at most %v", open, c.most)
				}
				if !strings.Contains(said, c.said) {
					t.Errorf("the server said %q, want %q in it", said, c.said)
				}
			})
		})
	}
}

// A client that does not read its answer cannot occupy the server for long, nor delay
// the exporter's end.
func TestClientThatDoesNotRead(t *testing.T) {
	// endless is an answer that only an error ends, at the time that it notes in failed.
	endless := func(failed *time.Time) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					*failed = time.Now()
					return
				}
			}
		}
	}
	t.Run("the answer is given up", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var failed time.Time
			p, _ := serve(t, endless(&failed))
			start := time.Now()
			conn := dial(t, p)
			defer conn.Close()
			io.WriteString(conn, get+"\r\n")
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			if took := failed.Sub(start); took != time.Minute {
				t.Errorf("given up after %v, want one minute", took)
			}
		})
	})
	t.Run("a stop does not wait for it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var failed time.Time
			p, stop := serve(t, endless(&failed))
			conn := dial(t, p)
			defer conn.Close()
			io.WriteString(conn, get+"\r\n")
			synctest.Wait()
			if took := stop(); took != stopTimeout {
				t.Errorf("the stop took %v, want %v", took, stopTimeout)
			}
			synctest.Wait()
			if failed.IsZero() {
				t.Error("the answer goes on after the stop")
			}
		})
	})
}

// A thousand connections that do nothing keep nobody else from an answer, and are closed
// after ten seconds.
func TestManyIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := serve(t, done)
		idle := make([]net.Conn, 1000)
		for i := range idle {
			idle[i] = dial(t, p)
		}
		synctest.Wait()
		if status := ask(t, p, get+"Connection: close\r\n\r\n"); status != 200 {
			t.Errorf("the next one gets %d", status)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		for _, conn := range idle {
			_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond)) // fails for one that is closed
			if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Fatalf("a connection is still open: %v", err)
			}
			conn.Close()
		}
	})
}
