package expose_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// goneScraper accepts some bytes. After them every write fails.
type goneScraper struct {
	http.ResponseWriter
	left   int // bytes that it still accepts
	failed int // failed writes
}

func (g *goneScraper) Write(b []byte) (int, error) {
	if g.left -= len(b); g.left < 0 {
		g.failed++
		return 0, errors.New("connection reset by peer")
	}
	return len(b), nil
}

// A scraper that disconnects ends its answer and does not affect the next one.
func TestScraperThatGoesAway(t *testing.T) {
	handler := harness.NewHandler(t, harness.FilledStore(t, 200))
	whole := harness.Get(handler).Body.String()
	for _, accept := range []string{"", harness.AcceptProtobuf, harness.AcceptOpenMetrics} {
		for _, encoding := range []string{"", "gzip"} {
			for _, left := range []int{0, 20_000} {
				t.Run(fmt.Sprintf("after %d bytes %s %s", left, encoding, accept), func(t *testing.T) {
					w := &goneScraper{ResponseWriter: httptest.NewRecorder(), left: left}
					r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
					r.Header.Set("Accept", accept)
					r.Header.Set("Accept-Encoding", encoding)
					handler.ServeHTTP(w, r)
					if w.failed == 0 || w.failed > 3 {
						t.Errorf("%d writes to a scraper that has disconnected", w.failed)
					}
					if got := harness.Unzipped(t, harness.Get(handler, "Accept-Encoding", "gzip")); got.Body.String() != whole {
						t.Error("the next scrape is incomplete")
					}
				})
			}
		}
	}
}

// A scrape shows one state of each batch, even if the batch is updated during the scrape.
func TestScrapesDuringUpdates(t *testing.T) {
	const jobs = 50
	filled := harness.FilledStore(t, jobs)
	handler := harness.NewHandler(t, filled)
	set := func(n int, version float64) {
		harness.ChangeState(t, filled, harness.FillJobID(n), func(s *store.State) {
			s.Job = &aliyun.Job{RetryCount: new(version), MaximumPerMinute: new(version)}
		})
	}
	done := make(chan struct{})
	var updates, scrapes sync.WaitGroup
	for n := range jobs {
		set(n, 1)
		updates.Go(func() {
			for version := 2.0; ; version++ {
				select {
				case <-done:
					return
				default:
					set(n, version)
				}
			}
		})
	}
	for _, accept := range []string{"", harness.AcceptProtobuf} {
		scrapes.Go(func() {
			for range 20 {
				seen := map[string]float64{}
				for _, mf := range harness.Decode(t, harness.Get(handler, "Accept", accept)) {
					switch mf.GetName() {
					case "aliyun_iot_ota_job_retry_limit":
						for _, m := range mf.Metric {
							seen[m.Label[1].GetValue()] = m.Gauge.GetValue()
						}
					case "aliyun_iot_ota_job_push_limit_devices_per_minute":
						if len(mf.Metric) != jobs {
							t.Errorf("%d batches, want %d", len(mf.Metric), jobs)
						}
						for _, m := range mf.Metric {
							if id := m.Label[1].GetValue(); seen[id] != m.Gauge.GetValue() {
								t.Errorf("%s: two states in one scrape, %v and %v", id, seen[id], m.Gauge.GetValue())
							}
						}
					}
				}
			}
		})
	}
	scrapes.Wait()
	close(done)
	updates.Wait()
}
