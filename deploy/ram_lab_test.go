package deploy_test

import (
	"bytes"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/go-kit/log"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// ramLab is the polling of an account, with a key that may call only some operations.
type ramLab struct {
	t       *testing.T // of the bubble
	sim     *simulator.Simulator
	setup   target.Setup
	options poll.Options
}

// newRAMLab must be called in a synctest bubble.
func newRAMLab(t *testing.T, allowed []string) ramLab {
	// The simulator knows what a key may not do.
	key := gateway.Key{ID: "id", Secret: "secret"}
	for _, operation := range aliyun.Operations {
		if !slices.Contains(allowed, operation) {
			key.Deny = append(key.Deny, operation)
		}
	}
	sim := simulator.New()
	sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{key}})
	dial, stop := network.Pipe(sim)
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(func() { transport.CloseIdleConnections(); stop() })
	return ramLab{
		t:   t,
		sim: sim,
		setup: target.Setup{
			Rules: target.Rules{Interval: 15 * time.Second, SettledInterval: 24 * time.Hour, DeviceInterval: time.Minute,
				DiscoveryInterval: time.Minute, MaxAge: 24 * time.Hour},
			Accounts: []target.Account{{Name: "production", RequestsPerSecond: 5,
				Credentials: credentials.Config{AccessKeyID: key.ID, AccessKeySecret: key.Secret}}},
		},
		options: poll.Options{
			Transport: transport,
			Logger:    log.NewNopLogger(),
		},
	}
}

func (l ramLab) checkLive() (string, error) {
	var out bytes.Buffer
	err := check.Live(l.t.Context(), &out, nil, func() (target.Setup, error) { return l.setup, nil }, l.options)
	return out.String(), err
}

// poll polls for a quarter of an hour and returns the operations that were called, allowed
// or not, sorted.
func (l ramLab) poll() (called []string) {
	l.sim.Record(true)
	poller := poll.New(store.New(), l.options)
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
