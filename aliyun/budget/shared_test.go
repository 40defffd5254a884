package budget_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/budget"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// The server never sees more calls in one second than there are slots, and at least 99% of
// the possible calls are made. Half of the latency is before the arrival of a call and
// half after it; each half is random, as on a network.
func TestSlotsNeverExceedTheBudgetAndUseIt(t *testing.T) {
	const limit, seconds = 10, 300
	// uniform returns a random latency for each call, in both directions together.
	uniform := func(from, to time.Duration) func() time.Duration {
		return func() time.Duration { return from + rand.N(to-from+1) }
	}
	for name, latency := range map[string]func() time.Duration{
		"0 to 10 ms":   uniform(0, 10*time.Millisecond),
		"50 ms":        uniform(50*time.Millisecond, 50*time.Millisecond),
		"10 to 300 ms": uniform(10*time.Millisecond, 300*time.Millisecond),
		"1000 ms":      uniform(time.Second, time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := simulator.New()
				sim.AddAccount(gateway.Account{Name: "a", Keys: []gateway.Key{{ID: "id", Secret: "secret"}}})
				sim.AddBatch(fleet.Batch{Account: "a", JobID: "job-1", FirmwareID: "fw-1", Status: "IN_PROGRESS"})
				sim.Record(true)
				var mu sync.Mutex       // guards total
				var total time.Duration // of all latencies
				dial, stop := network.Pipe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					there := latency() / 2
					back := latency() / 2
					mu.Lock()
					total += there + back
					mu.Unlock()
					time.Sleep(there)
					sim.ServeHTTP(delayed{w, back}, r)
				}))
				defer stop()
				transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: limit}
				defer transport.CloseIdleConnections()
				client := aliyun.NewClient(keys{AccessKeyID: "id", AccessKeySecret: "secret"}, aliyun.Options{Transport: transport})

				ctx, cancel := context.WithTimeout(t.Context(), seconds*time.Second)
				defer cancel()
				slots := budget.NewSlots(limit)
				var calls sync.WaitGroup
				for {
					slot, err := slots.Take(ctx)
					if err != nil {
						break
					}
					// A call that has started continues after the last second.
					calls.Go(func() {
						defer slot.End(nil)
						if _, _, err := client.QueryOTAJob(context.WithoutCancel(ctx), aliyun.Instance{URL: "http://simulator"}, "job-1"); err != nil {
							t.Error(err)
						}
					})
				}
				calls.Wait()

				arrivals := sim.Arrivals("a", "QueryOTAJob")
				if worst := gateway.WorstWindow(arrivals, time.Second); worst > limit {
					t.Errorf("%d calls in one second, the limit is %d", worst, limit)
				}
				if n := sim.Calls("a", "QueryOTAJob").Throttled; n > 0 {
					t.Errorf("%d calls throttled", n)
				}
				rtt := total.Seconds() / float64(len(arrivals))
				possible := limit / (1 + rtt) * seconds // each slot is held for the call and one second
				used := float64(len(arrivals)) / possible
				t.Logf("worst window %d of %d, %.1f%% of N/(1+RTT) at a mean RTT of %.0f ms",
					gateway.WorstWindow(arrivals, time.Second), limit, 100*used, 1000*rtt)
				if used < 0.99 {
					t.Errorf("%.1f%% of the budget used, want 99", 100*used)
				}
			})
		})
	}
}

// keys always returns the same keys.
type keys credentials.Keys

func (k keys) Keys(context.Context) (credentials.Keys, error) { return credentials.Keys(k), nil }
func (keys) Reject(credentials.Keys)                          {}

// delayed delays the answer of the server.
type delayed struct {
	http.ResponseWriter
	by time.Duration
}

func (d delayed) WriteHeader(status int) {
	time.Sleep(d.by)
	d.ResponseWriter.WriteHeader(status)
}
