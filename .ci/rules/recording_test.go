package rules_test

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/model/value"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/expose"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// exporterRun is one exporter of a recording.
type exporterRun struct {
	instance string
	rate     int           // requests_per_second of each account
	shard    target.Shard  // whose accounts it watches
	killed   time.Duration // when; 0: never
}

// recording is what Prometheus sees of some exporters: for each minute, the text of each one.
// An exporter that does not answer has no text.
type recording []map[string]string

// recordedFrom is the time of the first scrape. The clock of testing/synctest begins at 2000-01-01.
// A replay has the same times, because rules compare those in the data with their own.
var recordedFrom = time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC)

var fleetAccounts = []string{"production", "partner"} // in the shards 0 and 2 of 3

// newFleet returns a simulator in whose accounts rollouts go wrong in every way that an alert
// is about. The accounts have the documented limit of 10 calls a second.
func newFleet() *simulator.Simulator {
	sim, now := simulator.New(), time.Now()
	for _, account := range fleetAccounts {
		sim.AddAccount(gateway.Account{Name: account, Keys: []gateway.Key{{ID: "LTAI" + account, Secret: "secret"}}})
		quick := fleet.Devices{Count: 200, Online: time.Hour, Report: 30 * time.Second, Install: 2 * time.Minute}
		with := func(change func(*fleet.Devices)) fleet.Devices { d := quick; change(&d); return d }
		for name, b := range map[string]fleet.Batch{
			"ordinary":  {Devices: quick, Tags: []fleet.Tag{{Key: "owner", Value: "bikes"}}, SrcVersions: []string{"1.0.0"}},
			"stuck":     {Create: now.Add(-3 * time.Hour), TimeoutInMinutes: 10, Devices: with(func(d *fleet.Devices) { d.Offline = 0.1 })},
			"failing":   {Devices: with(func(d *fleet.Devices) { d.Fail, d.Failures = 0.5, []fleet.Failure{{Share: 0.5, Progress: "-2"}} })},
			"stalled":   {Create: now.Add(-time.Hour), Devices: with(func(d *fleet.Devices) { d.Silent = 0.3 })},
			"missed":    {Status: "PLANNED", Schedule: now.Add(5 * time.Minute), Devices: quick},
			"overrun":   {Status: "IN_PROGRESS", Start: now.Add(-time.Hour), Schedule: now.Add(-time.Hour), ScheduleFinish: now.Add(10 * time.Minute), Devices: quick},
			"cancelled": {Cancelled: now.Add(20 * time.Minute), Devices: with(func(d *fleet.Devices) { d.Hung = 0.2 })},
			"completed": {Create: now.Add(-5 * time.Hour), Devices: quick},
			"unknown":   {Override: map[string]any{"JobStatus": "PAUSED"}},
		} {
			b.Account, b.JobID, b.FirmwareID = account, account+"-"+name, account+"-fw-"+name
			sim.AddFirmware(fleet.Firmware{Account: account, ID: b.FirmwareID, ProductKey: account + "Key", Name: name, DestVersion: "2.0.0", ProductName: "Bike", ModuleName: "mcu", Create: now.Add(-24 * time.Hour)})
			sim.AddBatch(b)
		}
	}
	return sim
}

// configOf watches the fleet, a batch that does not exist, and a product without packages.
func configOf(rate int) string {
	var text strings.Builder
	text.WriteString("accounts:\n")
	for _, account := range fleetAccounts {
		fmt.Fprintf(&text, "  - {name: %[1]s, region: cn-shanghai, endpoint: 'http://iot.cn-shanghai.aliyuncs.com', requests_per_second: %[2]d, device_counts: true, bulk_status: true,\n"+
			"     credentials: {access_key_id: LTAI%[1]s, access_key_secret: secret},\n"+
			"     instances: [{jobs: [%[1]s-gone, %[1]s-stuck], discover: {products: [%[1]sKey, a1Empty]}}]}\n", account, rate)
	}
	return text.String()
}

// record runs the exporters against one fleet, and scrapes them each minute. It fails the test
// if a call is throttled.
func record(t *testing.T, d time.Duration, exporters ...exporterRun) (r recording) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim := newFleet()
		dial, stop := network.Pipe(sim)
		defer stop()
		transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 10}
		defer transport.CloseIdleConnections()
		watched := make(map[string]bool) // accounts
		handlers := make([]http.Handler, len(exporters))
		pollers := make([]*poll.Poller, len(exporters))
		for i, e := range exporters {
			parsed, err := config.Parse(strings.NewReader(configOf(e.rate)))
			if err != nil {
				t.Fatal(err)
			}
			known, registry := store.New(), prometheus.NewRegistry()
			pollers[i] = poll.New(known, poll.Options{Transport: transport, Logger: log.NewNopLogger()})
			registry.MustRegister(pollers[i])
			if handlers[i], err = expose.NewHandler(known, registry, log.NewNopLogger()); err != nil {
				t.Fatal(err)
			}
			setup := target.FromConfig(parsed).Take(e.shard)
			for _, a := range setup.Accounts {
				watched[a.Name] = true
			}
			pollers[i].Apply(t.Context(), setup)
			defer pollers[i].Stop()
			time.Sleep(7 * time.Second) // exporters do not start at the same time
		}
		time.Sleep(time.Until(recordedFrom))
		for at := time.Duration(0); at <= d; at += time.Minute {
			texts := make(map[string]string)
			for i, e := range exporters {
				if e.killed > 0 && at >= e.killed {
					pollers[i].Stop()
					texts[e.instance] = ""
					continue
				}
				w := httptest.NewRecorder()
				handlers[i].ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
				texts[e.instance] = w.Body.String()
			}
			r = append(r, texts)
			time.Sleep(time.Minute)
		}
		for _, account := range fleetAccounts {
			for _, operation := range []string{"QueryOTAJob", "ListOTAJobByFirmware", "ListOTAFirmware", "ListOTATaskByJob"} {
				if calls := sim.Calls(account, operation); calls.Throttled > 0 || calls.Accepted > 0 != watched[account] {
					t.Errorf("%s of %s: %d calls were accepted, %d throttled", operation, account, calls.Accepted, calls.Throttled)
				}
			}
		}
	})
	return r
}

// samples returns the samples of a scrape, with the labels of its target.
func samples(t *testing.T, text, instance string) map[string]sampleOf {
	t.Helper()
	all := make(map[string]sampleOf)
	p := textparse.NewPromParser([]byte(text), labels.NewSymbolTable(), false)
	for {
		entry, err := p.Next()
		if err != nil {
			if len(all) == 0 {
				t.Fatalf("parse: %v", err)
			}
			return all
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, _, v := p.Series()
		var l labels.Labels
		p.Labels(&l)
		l = labels.NewBuilder(l).Set("job", "ota").Set("instance", instance).Labels()
		all[l.String()] = sampleOf{l, v}
	}
}

// sampleOf is one sample.
type sampleOf struct {
	labels labels.Labels
	value  float64
}

// replay appends the scrapes of a recording as Prometheus does, with up and with markers for
// series that end. It evaluates the rules after each, then calls look.
func (s *server) replay(r recording, look func(at time.Time)) {
	s.t.Helper()
	before := make(map[string]map[string]sampleOf) // by instance
	for minute, texts := range r {
		at := recordedFrom.Add(time.Duration(minute) * time.Minute)
		app := s.storage.Appender(s.t.Context())
		add := func(l labels.Labels, v float64) {
			if _, err := app.Append(0, l, at.UnixMilli(), v); err != nil {
				s.t.Fatal(err)
			}
		}
		for _, instance := range slices.Sorted(maps.Keys(texts)) {
			now := make(map[string]sampleOf)
			up := labels.FromStrings(labels.MetricName, "up", "job", "ota", "instance", instance)
			if text := texts[instance]; text == "" {
				add(up, 0)
			} else {
				add(up, 1)
				now = samples(s.t, text, instance)
			}
			for _, sample := range now {
				add(sample.labels, sample.value)
			}
			for series, sample := range before[instance] {
				if _, still := now[series]; !still {
					add(sample.labels, math.Float64frombits(value.StaleNaN))
				}
			}
			before[instance] = now
		}
		if err := app.Commit(); err != nil {
			s.t.Fatal(err)
		}
		s.evaluate(at)
		look(at)
	}
}
