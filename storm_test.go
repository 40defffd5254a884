//go:build unix

package main

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// storm is a configuration file that changes all the time. Two contents are good and have
// most batches in common; the others are what a mistake may leave in their place.
type storm struct {
	t     *testing.T
	path  string
	good  [2]string // contents of the file
	stays []string  // batches that are in both
	bad   []string  // contents, too
}

func newStorm(t *testing.T, api *fakeAPI, interval string) *storm {
	t.Helper()
	s := &storm{t: t}
	for i := range 10 {
		s.stays = append(s.stays, fmt.Sprintf("stays-%d", i))
	}
	for i, other := range []string{"first", "second"} {
		s.good[i] = strings.Replace(api.config(append(s.stays, other)...), "interval: 1h", "interval: "+interval, 1)
	}
	// An empty file, one that is no text, one that is cut off in mid-write, two in
	// one, and one with a mistake.
	s.bad = []string{
		"", "\x1f\x8b\x00\xff garbage", s.good[0][:len(s.good[0])/2], s.good[0] + s.good[1],
		strings.Replace(s.good[1], "name: production", "name: ", 1),
	}
	s.path = file(t, "config.yml", s.good[0])
	return s
}

// turn puts the n-th content in place and says whether it is good: two of three are.
// Like a careless editor it does not replace the file atomically.
func (s *storm) turn(n int) (good bool) {
	s.t.Helper()
	if n%3 != 2 {
		write(s.t, s.path, s.good[n%2])
		return true
	}
	write(s.t, s.path, s.bad[n/3%len(s.bad)])
	return false
}

// Reloads in quick succession, by signal and by request, lose no batch that stays, ask
// for none of those again, and leave neither goroutines nor open files behind.
func TestReloadStorm(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t)
	s := newStorm(t, api, "1h")
	p := startProcess(t, program(t, "--config.file="+s.path))
	p.awaitListening()
	p.awaitBatches(s.stays)
	before := p.inUse()

	for n := range 200 {
		want := http.StatusInternalServerError
		if s.turn(n) {
			want = http.StatusOK
		}
		p.signal(syscall.SIGHUP)
		if status, body := p.ask(http.MethodPost, "/-/reload"); status != want {
			t.Fatalf("reload %d: %d %s, want %d", n, status, body, want)
		}
		if gone := missing(p.batches(), s.stays); len(gone) > 0 {
			t.Fatalf("reload %d: %v are gone", n, gone)
		}
	}

	// Whichever signals are still under way, the file as it is now counts.
	write(t, s.path, s.good[0])
	p.signal(syscall.SIGHUP)
	p.awaitMetric(inProgress("first"))
	write(t, s.path, s.bad[1])
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
			if n > before[name]+5 { // some slack for connections that come and go
				return fmt.Sprintf("%s to come down from %d to the %d of before", name, n, before[name])
			}
		}
		return ""
	})
}

// A thousand scrapers come at once, while batches are polled and the configuration
// changes. Each gets an exposition that has every batch that stays, once.
func TestThousandScrapers(t *testing.T) {
	t.Parallel()
	if limit := (syscall.Rlimit{}); syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil && limit.Cur < 2500 {
		t.Skip("a thousand connections from here to here need more open files than ", limit.Cur)
	}
	api := newFakeAPI(t)
	s := newStorm(t, api, "100ms")
	e := start(t, "--config.file="+s.path)
	e.awaitBatches(s.stays)

	scrapes := 1000
	if raceDetector() { // a scrape takes ten times as long then
		scrapes = 200
	}
	begin := make(chan struct{}) // closed when all scrapers are ready
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
		e.ask(http.MethodPost, "/-/reload")
		select {
		case <-done:
			scraping = false
		default:
		}
	}
	t.Logf("%d reloads meanwhile", reloads)
}

// raceDetector is whether this was built with -race.
func raceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
