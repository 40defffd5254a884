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

// untilClosed sends one of the texts each second, and repeats the last one. It returns how long
// the server keeps the connection open, and its answers.
func untilClosed(t *testing.T, conn net.Conn, texts ...string) (open time.Duration, answers string) {
	t.Helper()
	start := time.Now()
	read := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(conn) // ends when the server closes
		read <- string(text)
	}()
	for i := 0; ; i++ {
		select {
		case answers = <-read:
			conn.Close()
			return time.Since(start), answers
		case <-time.After(time.Second):
		}
		if len(texts) > 0 {
			_, _ = io.WriteString(conn, texts[min(i, len(texts)-1)]) // fails once the server has closed
		}
		if time.Since(start) > time.Hour {
			t.Fatal("still open after an hour")
		}
	}
}

// The server closes the connection of any slow client after a limited time.
func TestSlowClients(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		most  time.Duration
		want  string // part of the answers
	}{
		"it sends nothing":          {nil, 10 * time.Second, ""},
		"it never ends a line":      {[]string{"G"}, 11 * time.Second, "400 Bad Request"},
		"it never ends its headers": {[]string{get, "X-A: b\r\n"}, 11 * time.Second, ""},
		"it never ends its body":    {[]string{"POST / HTTP/1.1\r\nHost: exporter\r\nContent-Length: 1000\r\n\r\n", "a"}, 31 * time.Second, "200 OK"},
		"it never ends its chunks":  {[]string{"POST / HTTP/1.1\r\nHost: exporter\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n"}, 31 * time.Second, "200 OK"},
		"it stays idle afterwards":  {[]string{get + "\r\n", ""}, 2*time.Minute + time.Second, "200 OK"},
		"a slow second request":     {[]string{get + "\r\n", "G", "E", "T", " "}, 16 * time.Second, "200 OK"},
		"it uses another protocol":  {[]string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n"}, 2 * time.Second, "400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
					io.Copy(io.Discard, r.Body)
					io.WriteString(w, "done")
				})
				open, answers := untilClosed(t, dial(t, p), c.texts...)
				if open > c.most {
					t.Errorf("open for %v, want at most %v", open, c.most)
				}
				if !strings.Contains(answers, c.want) {
					t.Errorf("the answers are %q, want %q in them", answers, c.want)
				}
			})
		})
	}
}

// The answer to a client that does not read it ends after a limited time, and does not delay a
// shutdown.
func TestClientThatDoesNotRead(t *testing.T) {
	// endless writes an answer until a write fails, and sets failed to the time of that.
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
	t.Run("the answer ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var failed time.Time
			p, _ := serve(t, endless(&failed))
			start := time.Now()
			conn := dial(t, p)
			defer conn.Close()
			io.WriteString(conn, get+"\r\n")
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			if d := failed.Sub(start); d != time.Minute {
				t.Errorf("the answer ends after %v, want one minute", d)
			}
		})
	})
	t.Run("a shutdown does not wait for it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var failed time.Time
			p, stop := serve(t, endless(&failed))
			conn := dial(t, p)
			defer conn.Close()
			io.WriteString(conn, get+"\r\n")
			synctest.Wait()
			if d := stop(); d != stopTimeout {
				t.Errorf("the shutdown took %v, want %v", d, stopTimeout)
			}
			synctest.Wait()
			if failed.IsZero() {
				t.Error("the answer continues after the shutdown")
			}
		})
	})
}

// A thousand idle connections do not prevent another answer, and are closed after ten seconds.
func TestManyIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := serve(t, done)
		idle := make([]net.Conn, 1000)
		for i := range idle {
			idle[i] = dial(t, p)
		}
		synctest.Wait()
		if status := ask(t, p, get+"Connection: close\r\n\r\n"); status != 200 {
			t.Errorf("the next request gets %d", status)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		for _, conn := range idle {
			_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond)) // fails on a closed connection
			if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Fatalf("a connection is still open: %v", err)
			}
			conn.Close()
		}
	})
}
