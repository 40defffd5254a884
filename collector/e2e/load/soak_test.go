package load_test

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
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

var soak = flag.Duration("soak", 0, "how long TestSoak runs, in real time; 0 skips it")

// soakJobs is more than can be polled in a minute, so that all slots are always in use.
const soakJobs = 1000

// TestSoak runs the exporter at its full rate for a long time, with calls that fail in
// every way, reloads and scrapes. The number of goroutines, the number of open files and
// the memory must not grow.
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
	t.Cleanup(api.Close) // cleaned up after the exporter has stopped
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
	e := exportertest.StartProcess(t, exportertest.Command(t, "--config.file="+name, "--persistence.file="+exportertest.TempFile(t, "state", ""), "--persistence.interval=5s"))
	e.AwaitListening()
	exportertest.Eventually(t, func() string { return uncalled(sim) })

	random := rand.New(rand.NewPCG(1, 2)) // the same faults in every run
	// Every second one of these begins. It lasts for one to five calls.
	faults := []gateway.Fault{
		{Kind: gateway.Hang}, {Kind: gateway.Reset}, {Kind: gateway.Truncate}, {Kind: gateway.Garbage}, {Kind: gateway.HTML},
		{Kind: gateway.Empty}, {Kind: gateway.Redirect, Location: "http://127.0.0.1:9/"}, {Kind: gateway.Huge, Size: 2 << 20},
		{Code: "Throttling.User"}, {Code: "InvalidAccessKeyId.NotFound"}, {Code: "NoPermission"}, {Code: "iot.system.SystemException"},
		{Code: "iot.firmware.InvalidOTAJobId"}, {Status: http.StatusBadGateway}, {Latency: 300 * time.Millisecond},
	}
	stop := make(chan struct{})
	var busy sync.WaitGroup
	// every calls a function at an interval on a goroutine of its own, until stop is closed.
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
	// The file has all batches, half of them, or a mistake.
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
		e.Log.Forget() // or the log itself would grow
	})

	var samples []exportertest.Footprint
	sampled := time.NewTicker(*soak / 60) // takes sixty samples
	for range 60 {
		<-sampled.C
		samples = append(samples, exportertest.FootprintIn(e.Metrics()))
	}
	sampled.Stop()
	close(stop)
	busy.Wait()

	// The first third is for warming up: pools fill, and every batch is polled once.
	before, after := exportertest.LowerQuartiles(samples[20:40]), exportertest.LowerQuartiles(samples[40:])
	t.Logf("%v with %d reloads; lower quartiles of the second and the last third: %v, %v", *soak, reloads, before, after)
	for _, operation := range soakOperations {
		t.Logf("%s: %+v", operation, sim.Calls("main", operation))
	}
	resident := max(8, before.Resident/10)
	if repository.UnderRace() {
		resident = math.Inf(1) // the memory of the race detector itself grows
	}
	for _, c := range []struct {
		what          string
		before, after float64
		slack         float64 // allowed growth
	}{
		{"goroutines", before.Goroutines, after.Goroutines, 10},
		{"file descriptors", before.Descriptors, after.Descriptors, 5},
		{"MiB of heap", before.Heap, after.Heap, 8},
		{"MiB of resident memory", before.Resident, after.Resident, resident},
	} {
		if c.after > c.before+c.slack {
			t.Errorf("%s grow from %.0f in the second third to %.0f in the last", c.what, c.before, c.after)
		}
	}
}

var soakOperations = []string{"QueryOTAJob", "ListOTAJobByFirmware", "ListOTATaskByJob"}

// uncalled returns what has not happened yet: a call of an operation; "" when all were called.
func uncalled(sim *simulator.Simulator) string {
	for _, operation := range soakOperations {
		if sim.Calls("main", operation).Accepted == 0 {
			return "a call of " + operation
		}
	}
	return ""
}
