package collector_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// BenchmarkLoopback is a minute of real time over real sockets: 1,000 batches
// IN_PROGRESS at 10 slots, in the middle of a round that takes 100 s. Run it by
//
//	go test -run '^$' -bench Loopback -benchtime 1x ./collector
func BenchmarkLoopback(b *testing.B) {
	const jobs, slots, length = 1000, 10, time.Minute
	round := jobs * time.Second / slots
	status := aliyun.StatusInProgress
	for b.Loop() {
		sim := simulator.New()
		sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id", Secret: "secret"}}})
		sim.Record(true)
		server := httptest.NewServer(sim)
		gaps := &gaps{RoundTripper: http.DefaultTransport, asked: make(map[string]time.Time)}

		store := collector.NewStore()
		account := collector.Account{Name: "production", RequestsPerSecond: slots, Credentials: aliyun.CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "secret"}}
		var known []*collector.State
		start := time.Now()
		for i := range jobs {
			t := collector.Target{Account: "production", JobID: fmt.Sprintf("job-%04d", i), Instance: aliyun.Instance{URL: server.URL}}
			sim.AddBatch(simulator.Batch{Account: "main", JobID: t.JobID, FirmwareID: "fw-1", Status: status})
			asked := start.Add(-round + time.Duration(i)*round/jobs)
			known = append(known, &collector.State{Target: t, Job: &aliyun.Job{JobStatus: &status}, AsOf: asked, Asked: asked})
			gaps.asked[t.JobID] = asked
			account.Targets = append(account.Targets, t)
		}
		store.Restore(known)
		poller := collector.NewPoller(store, collector.PollerOptions{
			Calls:     collector.NewCallMetrics(prometheus.NewRegistry(), log.NewNopLogger()),
			Transport: gaps,
			Logger:    log.NewNopLogger(),
		})
		poller.Apply(b.Context(), collector.Setup{Rules: collector.Rules{Interval: 15 * time.Second, SettledInterval: 24 * time.Hour, DiscoveryInterval: time.Minute}, Accounts: []collector.Account{account}})
		<-time.After(length)
		poller.Stop()
		server.Close()

		calls := sim.Calls("main", "QueryOTAJob")
		window := simulator.WorstWindow(sim.Arrivals("main", "QueryOTAJob"), time.Second)
		bound := round*102/100 + time.Second
		b.ReportMetric(float64(calls.Accepted), "calls")
		b.ReportMetric(float64(window), "worst-window")
		b.ReportMetric(gaps.worst.Seconds(), "worst-gap-s")
		b.ReportMetric(bound.Seconds(), "gap-bound-s")
		if window > slots || calls.Throttled > 0 {
			b.Errorf("%d calls in one second, %d throttled; there are %d slots", window, calls.Throttled, slots)
		}
		if gaps.worst > bound {
			b.Errorf("worst gap %v, the bound is %v", gaps.worst, bound)
		}
		if least := int(0.97 * slots * length.Seconds()); calls.Accepted < least {
			b.Errorf("%d calls in a minute, want %d", calls.Accepted, least)
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
