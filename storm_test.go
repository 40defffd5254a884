//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// storm is a configuration that changes all the time: two files that are good
// and have most batches in common, and what else may be found in their place.
type storm struct {
	t     *testing.T
	name  string
	good  [2]string
	stays []string // in both
	bad   []string
}

func newStorm(t *testing.T, api *fakeAPI, interval string) *storm {
	s := &storm{t: t}
	for i := range 10 {
		s.stays = append(s.stays, fmt.Sprintf("stays-%d", i))
	}
	for i, other := range []string{"first", "second"} {
		s.good[i] = strings.Replace(api.config(append(s.stays, other)...), "interval: 1h", "interval: "+interval, 1)
	}
	s.bad = []string{
		"", "\x1f\x8b\x00\xff garbage", s.good[0][:len(s.good[0])/2], s.good[0] + s.good[1],
		strings.Replace(s.good[1], "name: production", "name: ", 1),
	}
	s.name = file(t, "config.yml", s.good[0])
	return s
}

// turn puts the n-th content in place, not atomically, and says whether it is good.
func (s *storm) turn(n int) (good bool) {
	s.t.Helper()
	if n%3 != 2 {
		rewrite(s.t, s.name, s.good[n%2])
		return true
	}
	rewrite(s.t, s.name, s.bad[n/3%len(s.bad)])
	return false
}

// A storm of reloads, by signal and by request, loses no batch that stays, asks
// for none of them again, and leaves neither goroutines nor open files behind.
func TestReloadStorm(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t)
	s := newStorm(t, api, "1h")
	p := startProcess(t, "--config.file="+s.name)
	p.awaitListening()
	eventually(t, func() string { return strings.Join(missing(p.batches(), s.stays), ", ") })
	before := p.inUse()

	for n := range 200 {
		good := s.turn(n)
		p.signal(syscall.SIGHUP)
		want := map[bool]int{true: http.StatusOK, false: http.StatusInternalServerError}[good]
		if status, body := p.ask(http.MethodPost, "/-/reload"); status != want {
			t.Fatalf("reload %d: %d %s, want %d", n, status, body, want)
		}
		if gone := missing(p.batches(), s.stays); len(gone) > 0 {
			t.Fatalf("reload %d: %v are gone", n, gone)
		}
	}

	// Whatever signals were still under way, the file that is there counts.
	rewrite(t, s.name, s.good[0])
	p.signal(syscall.SIGHUP)
	p.awaitMetric(inProgress("first"))
	rewrite(t, s.name, s.bad[1])
	p.signal(syscall.SIGHUP)
	p.awaitMetric("aliyun_iot_ota_exporter_config_last_reload_successful 0")
	if now := p.batches(); len(now) != len(s.stays)+1 || !now["first"] {
		t.Errorf("after garbage: %v", now)
	}
	for _, id := range s.stays {
		if n := api.timesAsked(id); n != 1 {
			t.Errorf("%s was asked for %d times, want once", id, n)
		}
	}
	eventually(t, func() string {
		for name, n := range p.inUse() {
			if n > before[name]+5 {
				return fmt.Sprintf("%s to come down from %d to the %d of before", name, n, before[name])
			}
		}
		return ""
	})
}

// inUse are the goroutines and open files of the exporter.
func (e *exporter) inUse() map[string]int {
	e.t.Helper()
	counts := make(map[string]int)
	for line := range strings.Lines(e.metrics()) {
		for _, name := range []string{"go_goroutines", "process_open_fds"} {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+" "); ok {
				n, err := strconv.Atoi(value)
				if err != nil {
					e.t.Fatal(err)
				}
				counts[name] = n
			}
		}
	}
	return counts
}

// A thousand scrapers at once, while batches are polled and the configuration
// changes, each get an exposition in which every batch that stays is there once.
func TestThousandScrapers(t *testing.T) {
	t.Parallel()
	if limit := (syscall.Rlimit{}); syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil && limit.Cur < 2500 {
		t.Skip("a thousand connections from here to here need more open files than ", limit.Cur)
	}
	api := newFakeAPI(t)
	s := newStorm(t, api, "100ms")
	e := start(t, "--config.file="+s.name)
	eventually(t, func() string { return strings.Join(missing(e.batches(), s.stays), ", ") })

	scrapes := 1000
	if raceDetector() { // each takes ten times as long then
		scrapes = 200
	}
	begin := make(chan struct{})
	var scrapers sync.WaitGroup
	for range scrapes {
		scrapers.Go(func() {
			<-begin
			text, err := e.scrape()
			if err != nil {
				t.Error(err)
				return
			}
			ids, err := batchesIn(text)
			if gone := missing(ids, s.stays); err != nil || len(gone) > 0 {
				t.Errorf("error %v; not there: %v", err, gone) // without the text: there may be a thousand
			}
		})
	}
	done := make(chan struct{})
	go func() { scrapers.Wait(); close(done) }()
	close(begin)
	reloads := 0
	for scraping := true; scraping || reloads < 10; reloads++ {
		s.turn(reloads)
		e.ask(http.MethodPost, "/-/reload")
		select {
		case <-done:
			scraping = false
		default:
		}
	}
	t.Logf("%d reloads meanwhile", reloads)
}

// scrape is metrics for any goroutine.
func (e *exporter) scrape() (string, error) {
	request, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, e.urls[0]+"/metrics", nil)
	if err != nil {
		return "", err
	}
	response, err := plainClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return string(text), err
}
