package deploy_test

import (
	"bytes"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// ramLab is the polling of an account, with a key that may call only some operations.
type ramLab struct {
	t       *testing.T // of the bubble
	sim     *simulator.Simulator
	setup   collector.Setup
	options collector.PollerOptions
}

// newRAMLab must be called in a synctest bubble.
func newRAMLab(t *testing.T, allowed []string) ramLab {
	// The simulator knows what a key may not do.
	key := simulator.Key{ID: "id", Secret: "secret"}
	for _, operation := range aliyun.Operations {
		if !slices.Contains(allowed, operation) {
			key.Deny = append(key.Deny, operation)
		}
	}
	sim := simulator.New()
	sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{key}})
	dial, stop := simulator.Pipe(sim)
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(func() { transport.CloseIdleConnections(); stop() })
	return ramLab{
		t:   t,
		sim: sim,
		setup: collector.Setup{
			Rules: collector.Rules{Interval: 15 * time.Second, SettledInterval: 24 * time.Hour, DeviceInterval: time.Minute,
				DiscoveryInterval: time.Minute, MaxAge: 24 * time.Hour},
			Accounts: []collector.Account{{Name: "production", RequestsPerSecond: 5,
				Credentials: aliyun.CredentialsConfig{AccessKeyID: key.ID, AccessKeySecret: key.Secret}}},
		},
		options: collector.PollerOptions{
			Calls:     collector.NewCallMetrics(prometheus.NewRegistry(), log.NewNopLogger()),
			Transport: transport,
			Logger:    log.NewNopLogger(),
		},
	}
}

func (l ramLab) checkLive() (string, error) {
	var out bytes.Buffer
	err := collector.CheckLive(l.t.Context(), &out, nil, func() (collector.Setup, error) { return l.setup, nil }, l.options)
	return out.String(), err
}

// poll runs for a quarter of an hour and gives the operations that were called, allowed
// or not, sorted.
func (l ramLab) poll() (called []string) {
	l.sim.Record(true)
	poller := collector.NewPoller(collector.NewStore(), l.options)
	defer poller.Stop()
	poller.Apply(l.t.Context(), l.setup)
	time.Sleep(15 * time.Minute)
	for _, operation := range aliyun.Operations {
		if len(l.sim.Arrivals("main", operation)) > 0 {
			called = append(called, operation)
		}
	}
	slices.Sort(called)
	return called
}
