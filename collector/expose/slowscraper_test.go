package expose_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-kit/log"
	toolkit "github.com/prometheus/exporter-toolkit/web"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

const scrapeRequest = "GET /metrics HTTP/1.1\r\nHost: exporter\r\n\r\n"

// slowScrapers are scrapers that read their answer slowly. The tests of package web cover other
// slow clients.
var slowScrapers = map[string]func(c net.Conn){
	"it stops reading": func(c net.Conn) {
		io.WriteString(c, scrapeRequest)
		_, _ = c.Read(make([]byte, 1))
	},
	"it reads a byte a second": func(c net.Conn) {
		io.WriteString(c, scrapeRequest)
		for {
			if _, err := c.Read(make([]byte, 1)); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	},
}

// scrapeLimit is the time in which a scraper must read its answer.
const scrapeLimit = time.Minute

// A slow scraper loses its connection. It delays neither other scrapers, nor polling, nor the
// shutdown.
func TestSlowScrapers(t *testing.T) {
	for name, scrape := range slowScrapers {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.ConfigureRunning(50)
				h.Apply()
				h.Pass(20 * time.Second)
				l, stop := listen(h)
				var slow []net.Conn
				var scrapers sync.WaitGroup
				for range 20 {
					conn := dial(t, l)
					slow = append(slow, conn)
					scrapers.Go(func() { scrape(conn) })
				}
				for end := time.Now().Add(scrapeLimit + time.Second); time.Now().Before(end); {
					began := time.Now()
					if n := scrapeOver(t, l); n < 50 || time.Since(began) > 0 {
						t.Fatalf("%d samples after %v for another scraper", n, time.Since(began))
					}
					if age := h.WorstAge(1, time.Second, nil); age > 17*time.Second {
						t.Fatalf("the data is %v old", age)
					}
				}
				for i, conn := range slow {
					_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond)) // fails on a closed connection
					if _, err := io.Copy(io.Discard, conn); err != nil {
						t.Errorf("slow scraper %d still has its connection after %v: %v", i, scrapeLimit+time.Second, err)
					}
				}
				last := dial(t, l)
				scrapers.Go(func() { scrape(last) })
				h.Pass(time.Second)
				began := time.Now()
				if err := stop(); err != nil {
					t.Errorf("shutdown: %v", err)
				}
				if d := time.Since(began); d > 4*time.Second {
					t.Errorf("the shutdown took %v", d)
				}
				scrapers.Wait()
			})
		})
	}
}

// listen serves /metrics over connections in memory.
func listen(h *harness.Harness) (l *network.PipeListener, stop func() error) {
	l = network.NewPipeListener()
	ctx, cancel := context.WithCancel(h.T.Context())
	ended := make(chan error, 1)
	flags := &toolkit.FlagConfig{WebConfigFile: new("")}
	go func() { ended <- web.Listeners{l}.Serve(ctx, flags, h.Handler, false, log.NewNopLogger()) }()
	return l, func() error { cancel(); return <-ended }
}

// dial connects to the server.
func dial(t *testing.T, l *network.PipeListener) net.Conn {
	t.Helper()
	conn, err := l.Dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// scrapeOver scrapes without delay and returns the number of samples.
func scrapeOver(t *testing.T, l *network.PipeListener) int {
	t.Helper()
	conn := dial(t, l)
	defer conn.Close()
	io.WriteString(conn, scrapeRequest)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %s, error %v", response.Status, err)
	}
	return harness.CountSamples(string(body))
}
