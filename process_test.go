package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// process is the exporter as a process of its own, which can be killed and gets
// signals alone.
type process struct {
	exporter
	cmd   *exec.Cmd
	ended chan struct{}
}

// startProcess runs it on a free port of the loopback address until the test
// ends. It does not wait until it listens.
func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{ended: make(chan struct{})}
	p.t, p.log = t, &logLines{listening: make(chan string, 1)}
	p.cmd = exec.CommandContext(t.Context(), os.Args[0], append(args, "--web.listen-address=127.0.0.1:0")...)
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // its exit code is looked at where it matters
	}()
	t.Cleanup(p.kill)
	return p
}

// awaitListening waits until it can be asked.
func (p *process) awaitListening() {
	p.t.Helper()
	select {
	case address := <-p.log.listening:
		p.urls = []string{"http://" + address}
	case <-p.ended:
		p.t.Fatalf("it ended before it listened: %v\n%s", p.cmd.ProcessState, p.log)
	case <-time.After(30 * time.Second):
		p.t.Fatalf("waited 30 s in vain for it to listen\n%s", p.log)
	}
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
}

// signal sends a signal to it.
func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("%v: %v\n%s", s, err, p.log)
	}
}

var statusSample = regexp.MustCompile(`(?m)^aliyun_iot_ota_job_status\{account="production",job_id="([^"]*)",status="[^"]*"\} 1$`)

// batchesIn gives the batches of an exposition that have a status. It is an
// error if a parser does not take the text, or a series is there twice, or a
// batch has two statuses.
func batchesIn(text string) (ids map[string]bool, err error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := parser.TextToMetricFamilies(strings.NewReader(text)); err != nil {
		return nil, fmt.Errorf("no exposition: %w", err)
	}
	series := make(map[string]bool)
	for line := range strings.Lines(text) {
		name := line[:max(0, strings.LastIndexByte(line, ' '))]
		if line[0] != '#' && series[name] {
			return nil, fmt.Errorf("%s is there twice", name)
		}
		series[name] = true
	}
	ids = make(map[string]bool)
	for _, found := range statusSample.FindAllStringSubmatch(text, -1) {
		if ids[found[1]] {
			return nil, fmt.Errorf("two statuses of %s", found[1])
		}
		ids[found[1]] = true
	}
	return ids, nil
}

// raceDetector says whether this was built with -race.
func raceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// batches are those that one scrape shows with their status.
func (e *exporter) batches() map[string]bool {
	e.t.Helper()
	text := e.metrics()
	ids, err := batchesIn(text)
	if err != nil {
		e.t.Fatalf("%v in\n%s", err, text)
	}
	return ids
}

// missing are those of ids that are not in a set.
func missing(in map[string]bool, ids []string) (gone []string) {
	for _, id := range ids {
		if !in[id] {
			gone = append(gone, id)
		}
	}
	return gone
}
