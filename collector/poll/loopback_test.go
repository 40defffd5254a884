package poll_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-kit/log"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// loopback is a simulator behind a real socket, and an exporter that calls it.
type loopback struct {
	sim     *simulator.Simulator
	server  *httptest.Server
	store   *store.Store
	poller  *poll.Poller
	account target.Account // what is watched; change it before run
}

// newLoopback makes one that polls nothing yet. transport is that of the exporter;
// nil: its own.
func newLoopback(transport http.RoundTripper) *loopback {
	l := &loopback{
		sim: simulator.New(), store: store.New(),
		account: target.Account{Name: "production", RequestsPerSecond: loopbackSlots, Credentials: harness.Credentials},
	}
	l.sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{harness.OwnKey}})
	l.sim.Record(true)
	l.server = httptest.NewServer(l.sim)
	l.poller = poll.New(l.store, poll.Options{
		Transport: transport,
		Logger:    log.NewNopLogger(),
	})
	return l
}

// run polls while do runs, then ends everything.
func (l *loopback) run(ctx context.Context, do func()) {
	l.poller.Apply(ctx, target.Setup{Rules: harness.DefaultRules, Accounts: []target.Account{l.account}})
	do()
	l.poller.Stop()
	l.server.Close()
}

// checkBudget reports the calls of an operation, and wants them within the slots.
func (l *loopback) checkBudget(b *testing.B, operation string) {
	calls, window := l.sim.Calls("main", operation), gateway.WorstWindow(l.sim.Arrivals("main", operation), time.Second)
	b.ReportMetric(float64(calls.Accepted), operation+"-calls")
	b.ReportMetric(float64(window), operation+"-worst-window")
	if window > loopbackSlots || calls.Throttled > 0 {
		b.Errorf("%s: %d calls in one second, %d throttled; there are %d slots", operation, window, calls.Throttled, loopbackSlots)
	}
}

const (
	loopbackSlots  = 10
	fleetPackages  = 50
	loopbackLength = time.Minute // of real time
)

// BenchmarkLoopback is a minute of real time over real sockets: 1,000 batches
// IN_PROGRESS at 10 slots, in the middle of a round that takes 100 s. Run it by
//
//	go test -run '^$' -bench Loopback -benchtime 1x ./collector/poll
func BenchmarkLoopback(b *testing.B) {
	const jobs = 1000
	round := jobs * time.Second / loopbackSlots
	status := aliyun.StatusInProgress
	for b.Loop() {
		gaps := &gaps{RoundTripper: http.DefaultTransport, asked: make(map[string]time.Time)}
		l := newLoopback(gaps)
		l.account.Watch(harness.Region, aliyun.Instance{URL: l.server.URL}, harness.Numbered("job", jobs), nil, nil)
		var known []*store.State
		start := time.Now()
		for i, t := range l.account.Targets {
			l.sim.AddBatch(fleet.Batch{Account: "main", JobID: t.JobID, FirmwareID: "fw-1", Status: status})
			asked := start.Add(-round + time.Duration(i)*round/jobs)
			known = append(known, &store.State{Target: t, Job: &aliyun.Job{JobStatus: &status}, AsOf: asked, Asked: asked})
			gaps.asked[t.JobID] = asked
		}
		l.store.Restore(known)
		l.run(b.Context(), func() { <-time.After(loopbackLength) })

		l.checkBudget(b, aliyun.OpQueryOTAJob)
		bound := round*102/100 + time.Second
		b.ReportMetric(gaps.worst.Seconds(), "worst-gap-s")
		b.ReportMetric(bound.Seconds(), "gap-bound-s")
		if gaps.worst > bound {
			b.Errorf("worst gap %v, the bound is %v", gaps.worst, bound)
		}
		calls := l.sim.Calls("main", aliyun.OpQueryOTAJob).Accepted
		if least := int(0.97 * loopbackSlots * loopbackLength.Seconds()); calls < least {
			b.Errorf("%d calls in a minute, want %d", calls, least)
		}
	}
}

// gaps measures the longest time between two polls of a batch.
type gaps struct {
	http.RoundTripper
	mu    sync.Mutex // guards both
	asked map[string]time.Time
	worst time.Duration
}

func (g *gaps) RoundTrip(r *http.Request) (*http.Response, error) {
	jobID, now := r.URL.Query().Get("JobId"), time.Now()
	g.mu.Lock()
	g.worst = max(g.worst, now.Sub(g.asked[jobID]))
	g.asked[jobID] = now
	g.mu.Unlock()
	return g.RoundTripper.RoundTrip(r)
}

// BenchmarkLoopbackBulk is TestBulkReach over real sockets, for a minute of
// real time. Run it by
//
//	go test -run '^$' -bench LoopbackBulk -benchtime 1x ./collector/poll
func BenchmarkLoopbackBulk(b *testing.B) {
	for b.Loop() {
		l := newLoopback(nil)
		putFleet(l.sim, fleetPackages)
		l.account.Watch(harness.Region, aliyun.Instance{URL: l.server.URL}, nil, []string{harness.ProductKey}, nil)
		worst := time.Duration(0)
		l.run(b.Context(), func() {
			<-time.After(10 * time.Second) // packages, and the first round of lists
			ticker := time.NewTicker(500 * time.Millisecond)
			defer ticker.Stop()
			for end := time.Now().Add(loopbackLength); time.Now().Before(end); <-ticker.C {
				for _, s := range l.store.Snapshot() {
					worst = max(worst, time.Since(s.TrueAt()))
				}
			}
		})

		b.ReportMetric(worst.Seconds(), "worst-age-s")
		if known := len(l.store.Snapshot()); known != fleetPackages*aliyun.JobsPerPage {
			b.Errorf("%d batches found", known)
		}
		if worst > 15*time.Second {
			b.Errorf("worst age %v, want 15 s", worst)
		}
		for _, operation := range aliyun.Operations {
			l.checkBudget(b, operation)
		}
	}
}
