package load_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// programSpeed measures the program in a process of its own, with -speed as it is released.
func programSpeed(t *testing.T) *harness.Measured {
	starts, idle, fraction := 1, time.Second, 100
	var binary string
	if *harness.Speed {
		starts, idle, fraction = 7, time.Minute, 1
		binary = filepath.Join(t.TempDir(), "exporter")
		build := exec.CommandContext(t.Context(), "make", "--directory="+repository.Root(t), "build", "BINARY="+binary)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	} else {
		binary = repository.Program(t)
	}
	start := func(batches int, status string) *program {
		batches /= fraction
		return startProgram(t, binary, newFleet(t, batches, status), batches)
	}
	table := &harness.Measured{Part: "program speed", Columns: []string{"The whole program", "On a machine with two cores"}}
	add := func(name string, value float64, unit string) { table.Add(name, fmt.Sprintf("%.3g%s", value, unit)) }

	var took []float64
	for range starts {
		p := start(100, aliyun.StatusInProgress)
		took = append(took, float64(p.firstScrape.Milliseconds()))
		p.stop()
	}
	slices.Sort(took)
	add("From the start of the program to the end of the first scrape, with 100 batches, in ms", took[len(took)/2], "")

	for _, c := range []struct{ name, status string }{
		{"CPU of one core with 100 batches that have ended", aliyun.StatusCompleted},
		{"CPU of one core with 100 batches in progress, each polled every 15 s", aliyun.StatusInProgress},
	} {
		p := start(100, c.status)
		<-time.After(idle / 4) // every batch is polled
		before := p.cpu()
		<-time.After(idle)
		add(c.name, 100*(p.cpu()-before)/idle.Seconds(), "%")
		p.stop()
	}

	p := start(10_000, aliyun.StatusInProgress)
	for range 20 {
		p.scrape()
	}
	add("Peak memory with 10,000 batches, in MB", p.stop(), "")

	p = start(50_000, aliyun.StatusInProgress)
	slowest := time.Duration(0)
	for range 5 {
		slowest = max(slowest, p.scrape())
	}
	p.stop()
	add("A scrape of 50,000 batches, relative to Prometheus's timeout of 10 s", 100*slowest.Seconds()/10, "%")
	return table
}
