package soak_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

var soak = flag.Duration("soak", 0, "how long TestSoak runs, in real time; 0 skips it")

// soakJobs are more than can be polled in a minute, so that no worker is ever idle.
const soakJobs = 1000

// TestSoak runs the exporter at its full rate for a long time, while calls fail in every
// way, the configuration changes and pages are asked for. The goroutines, files and
// memory that it holds must not grow. Those of the simulator count too, because it is in
// the same process.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("skipped without -soak=15m")
	}
	sim := simulator.New()
	sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{{ID: "LTAIsoak", Secret: "secret"}}})
	ids := make([]string, soakJobs)
	for i := range ids {
		ids[i] = fmt.Sprintf("wahVIzGkCMuAUE2gDE%08d", i)
		sim.AddBatch(fleet.Batch{Account: "main", JobID: ids[i], FirmwareID: fmt.Sprintf("fw%d", i/20),
			Devices: fleet.Devices{Count: 200, Offline: 1}})
	}
	api := httptest.NewServer(sim)
	t.Cleanup(api.Close) // after the exporter has stopped
	config := func(jobs []string) string {
		return fmt.Sprintf(`polling: {interval: 1s, device_interval: 5s, discovery_interval: 2s, timeout: 1s}
accounts:
  - name: production
    endpoint: %s
    requests_per_second: 10
    device_counts: true
    bulk_status: true
    credentials: {access_key_id: LTAIsoak, access_key_secret: secret}
    instances: [{jobs: [%s], discover: {firmwares: [fw0]}}]
`, api.URL, strings.Join(jobs, ", "))
	}
	name := exportertest.TempFile(t, "config.yml", config(ids))
	e := exportertest.Start(t, "--config.file="+name, "--persistence.file="+exportertest.TempFile(t, "state", ""), "--persistence.interval=5s")
	exportertest.Eventually(t, func() string { return uncalled(sim) })

	random := rand.New(rand.NewPCG(1, 2)) // the same faults each time
	// One of them begins each second and lasts for one to five calls.
	faults := []gateway.Fault{
		{Kind: gateway.Hang}, {Kind: gateway.Reset}, {Kind: gateway.Truncate}, {Kind: gateway.Garbage}, {Kind: gateway.HTML},
		{Kind: gateway.Empty}, {Kind: gateway.Redirect, Location: "http://127.0.0.1:9/"}, {Kind: gateway.Huge, Size: 2 << 20},
		{Code: "Throttling.User"}, {Code: "InvalidAccessKeyId.NotFound"}, {Code: "NoPermission"}, {Code: "iot.system.SystemException"},
		{Code: "iot.firmware.InvalidOTAJobId"}, {Status: http.StatusBadGateway}, {Latency: 300 * time.Millisecond},
	}
	stop := make(chan struct{})
	var busy sync.WaitGroup
	// every does something at an interval until stop, on a goroutine of its own.
	every := func(d time.Duration, do func()) {
		busy.Go(func() {
			ticker := time.NewTicker(d)
			defer ticker.Stop()
			for {
				select {
				case <-ticker.C:
					do()
				case <-stop:
					return
				}
			}
		})
	}
	every(time.Second, func() {
		f := faults[random.IntN(len(faults))]
		f.Count = 1 + random.IntN(5)
		sim.Inject(f)
	})
	// All batches, half of them, and a file that is refused.
	reloads := 0
	every(700*time.Millisecond, func() {
		reloads++
		exportertest.WriteFile(t, name, [...]string{config(ids), config(ids[:soakJobs/2]), "accounts: garbage"}[reloads%3])
		if _, _, err := e.Try(http.MethodPost, "/-/reload"); err != nil {
			t.Error(err)
		}
	})
	every(500*time.Millisecond, func() {
		text, err := e.Scrape()
		if err == nil {
			_, err = exportertest.BatchesIn(text)
		}
		if err != nil {
			t.Error(err)
		}
		if _, _, err := e.Try(http.MethodGet, "/jobs"); err != nil {
			t.Error(err)
		}
		e.Log.Forget() // or the log itself would be what grows
	})

	var samples []footprint
	sampled := time.NewTicker(*soak / 60) // sixty samples in all
	for range 60 {
		<-sampled.C
		samples = append(samples, takeFootprint(t))
	}
	sampled.Stop()
	close(stop)
	busy.Wait()

	// The first third is the warm-up: pools fill, and every batch is polled once.
	before, after := quiet(samples[20:40]), quiet(samples[40:])
	t.Logf("%v with %d reloads; in the quieter moments of the second and the last third: %v, %v", *soak, reloads, before, after)
	for _, operation := range soakOperations {
		t.Logf("%s: %+v", operation, sim.Calls("main", operation))
	}
	resident := max(8, before.resident>>20/10)
	if conditions.UnderRace() {
		resident = math.MaxInt / 2 // the race detector itself needs ever more
	}
	for _, c := range []struct {
		what          string
		before, after int
		slack         int // by how much it may vary
	}{
		{"goroutines", before.goroutines, after.goroutines, 10},
		{"file descriptors", before.descriptors, after.descriptors, 5},
		{"MiB of heap", before.heap >> 20, after.heap >> 20, 4},
		{"MiB of resident memory", before.resident >> 20, after.resident >> 20, resident},
	} {
		if c.after > c.before+c.slack {
			t.Errorf("%s grow: %d in the second third, %d in the last", c.what, c.before, c.after)
		}
	}
}

var soakOperations = []string{"QueryOTAJob", "ListOTAJobByFirmware", "ListOTATaskByJob"}

// uncalled names an operation that has not been called yet, or gives "".
func uncalled(sim *simulator.Simulator) string {
	for _, operation := range soakOperations {
		if sim.Calls("main", operation).Accepted == 0 {
			return "a call of " + operation
		}
	}
	return ""
}
