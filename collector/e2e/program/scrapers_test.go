//go:build unix

package program_test

import (
	"net/http"
	"sync"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// Hundreds of scrapes at the same time, while batches are polled and the configuration
// changes, all get an exposition that has each batch that stays exactly once.
func TestManyScrapesAtOnce(t *testing.T) {
	t.Parallel()
	if limit := (syscall.Rlimit{}); syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil && limit.Cur < 1000 {
		t.Skip("the connections of this test need more open files than ", limit.Cur)
	}
	api := exportertest.NewAPI(t)
	s := newStorm(t, api, "100ms")
	e := exportertest.Start(t, "--config.file="+s.path)
	e.AwaitBatches(s.stays)

	begin := make(chan struct{}) // closed when all scrapers have been started
	var scrapers sync.WaitGroup
	for range 200 {
		scrapers.Go(func() {
			<-begin
			text, err := e.Scrape()
			if err != nil {
				t.Error(err)
				return
			}
			ids, err := exportertest.BatchesIn(text)
			if gone := exportertest.Missing(ids, s.stays); err != nil || len(gone) > 0 {
				t.Errorf("error %v; missing batches: %v", err, gone) // without the text, because many may fail
			}
		})
	}
	done := make(chan struct{})
	go func() { scrapers.Wait(); close(done) }()
	close(begin)
	reloads := 0
	for scraping := true; scraping || reloads < 10; reloads++ { // at least ten reloads, even if the scrapes are fast
		s.change(reloads)
		e.Ask(http.MethodPost, "/-/reload")
		select {
		case <-done:
			scraping = false
		default:
		}
	}
	t.Logf("%d reloads during the scrapes", reloads)
}
