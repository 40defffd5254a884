//go:build unix

package lifecycle_test

import (
	"net/http"
	"sync"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// A thousand scrapers come at once, while batches are polled and the configuration
// changes. Each gets an exposition that has every batch that stays, once.
func TestThousandScrapers(t *testing.T) {
	t.Parallel()
	if limit := (syscall.Rlimit{}); syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil && limit.Cur < 2500 {
		t.Skip("a thousand connections from here to here need more open files than ", limit.Cur)
	}
	api := exportertest.NewAPI(t)
	s := newStorm(t, api, "100ms")
	e := exportertest.Start(t, "--config.file="+s.path)
	e.AwaitBatches(s.stays)

	scrapes := 1000
	if conditions.UnderRace() { // a scrape takes ten times as long then
		scrapes = 200
	}
	begin := make(chan struct{}) // closed when all scrapers are ready
	var scrapers sync.WaitGroup
	for range scrapes {
		scrapers.Go(func() {
			<-begin
			text, err := e.Scrape()
			if err != nil {
				t.Error(err)
				return
			}
			ids, err := exportertest.BatchesIn(text)
			if gone := exportertest.Missing(ids, s.stays); err != nil || len(gone) > 0 {
				t.Errorf("error %v; not there: %v", err, gone) // without the text, as there may be a thousand of these
			}
		})
	}
	done := make(chan struct{})
	go func() { scrapers.Wait(); close(done) }()
	close(begin)
	reloads := 0
	for scraping := true; scraping || reloads < 10; reloads++ { // some reloads even if the scrapes are fast
		s.turn(reloads)
		e.Ask(http.MethodPost, "/-/reload")
		select {
		case <-done:
			scraping = false
		default:
		}
	}
	t.Logf("%d reloads meanwhile", reloads)
}
