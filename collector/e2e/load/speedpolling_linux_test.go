package load_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/budget"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// limiter waits until a client may call. The client must call answered after the answer.
type limiter func(context.Context) (answered func(), err error)

// limiters are the slots of the exporter and other ways to stay within the limit.
var limiters = []struct {
	name string // in the table
	make func() limiter
}{
	{"This exporter's slots", func() limiter {
		slots := budget.NewSlots(perSecond)
		return func(ctx context.Context) (func(), error) {
			slot, err := slots.Take(ctx)
			if err != nil {
				return nil, err
			}
			return func() { slot.End(nil) }, nil
		}
	}},
	{"One call after another, with 100 ms in between", func() limiter {
		turn := make(chan struct{}, 1)
		return func(ctx context.Context) (func(), error) {
			select {
			case turn <- struct{}{}:
				return func() { time.AfterFunc(time.Second/perSecond, func() { <-turn }) }, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}},
	{"A rate limiter (`golang.org/x/time/rate`), burst 1", func() limiter { return rateLimiter(1) }},
	{"The same, burst 10", func() limiter { return rateLimiter(perSecond) }},
}

// perSecond is the limit of the API.
const perSecond = 10

func rateLimiter(burst int) limiter {
	l := rate.NewLimiter(perSecond, burst)
	return func(ctx context.Context) (func(), error) { return func() {}, l.Wait(ctx) }
}

// pollingSpeed measures how often each limiter lets a client call a simulator over a network
// with a latency that varies.
func pollingSpeed(t *testing.T) *harness.Measured {
	length := 10 * time.Second
	if *harness.Speed {
		length = 10 * time.Minute
	}
	table := &harness.Measured{Part: "polling speed", Columns: []string{"Calls that take 10 to 300 ms, at the limit of 10 a second", "Answers per second, relative to 10/(1 + RTT)", "Refused", "Maximum in one second"}}
	for _, l := range limiters {
		synctest.Test(t, func(t *testing.T) {
			calls, rtt, worst := callsAt(t, l.make(), length)
			sent := calls.Accepted + calls.Throttled
			possible := perSecond / (1 + rtt.Seconds()) * length.Seconds()
			refused := float64(calls.Throttled) / float64(sent)
			table.Add(l.name, harness.Percent(float64(calls.Accepted)/possible), harness.Percent(refused), fmt.Sprint(worst))
		})
	}
	return table
}

// callsAt calls as often as a limiter permits. It returns the calls that the server counted,
// their mean round-trip time, and the largest number of calls in a second.
func callsAt(t *testing.T, take limiter, length time.Duration) (calls gateway.Calls, rtt time.Duration, worst int) {
	sim := simulator.New()
	sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{harness.OwnKey}})
	sim.AddBatch(fleet.Batch{Account: "main", JobID: harness.JobID, FirmwareID: "fw-1", Status: aliyun.StatusInProgress})
	sim.Record(true)
	var mu sync.Mutex // guards total
	var total time.Duration
	dial, stop := network.Pipe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there, back := latency(), latency()
		mu.Lock()
		total += there + back
		mu.Unlock()
		time.Sleep(there)
		sim.ServeHTTP(w, r)
		time.Sleep(back) // the server sends the rest of the answer when the handler returns
	}))
	defer stop()
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 2 * perSecond}
	defer transport.CloseIdleConnections()
	client := aliyun.NewClient(credentials.New(credentials.Config{AccessKeyID: harness.OwnKey.ID, AccessKeySecret: harness.OwnKey.Secret}, nil), aliyun.Options{Transport: transport})

	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var running sync.WaitGroup
	for {
		answered, err := take(ctx)
		if err != nil {
			break
		}
		running.Go(func() {
			defer answered()
			_, _, _ = client.QueryOTAJob(context.WithoutCancel(ctx), aliyun.Instance{URL: "http://simulator"}, harness.JobID) // the simulator counts
		})
	}
	running.Wait()
	calls = sim.Calls("main", aliyun.OpQueryOTAJob)
	return calls, total / time.Duration(calls.Accepted+calls.Throttled), gateway.WorstWindow(sim.Arrivals("main", aliyun.OpQueryOTAJob), time.Second)
}

// latency is the latency of one direction.
func latency() time.Duration { return 5*time.Millisecond + rand.N(145*time.Millisecond) }
