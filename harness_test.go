package main

import (
	"context"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// asProgram is an environment variable that makes the test binary the exporter
// itself, for what only a process of its own shows.
const asProgram = "TEST_AS_PROGRAM"

// TestMain fails the tests if any goroutine outlives them.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// anyPort makes the exporter listen on a free port of the loopback address.
const anyPort = "--web.listen-address=127.0.0.1:0"

// exporter is a run of the exporter that listens.
type exporter struct {
	t    *testing.T
	urls []string // one for each address, in the order in which they came up
	log  *logLines
	stop func() error // does what SIGTERM does, and gives what run returned
}

// start runs the exporter in this process, on a free port and on the addresses in args,
// until the test ends. It returns when all of them are open.
func start(t *testing.T, args ...string) *exporter {
	t.Helper()
	args = append(args, anyPort)
	ctx, cancel := context.WithCancel(t.Context())
	e := &exporter{t: t, log: &logLines{listening: make(chan string, len(args))}}
	ended := make(chan error, 1)
	go func() { ended <- collector.Run(ctx, args, io.Discard, e.log) }()
	e.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := e.stop(); err != nil {
			t.Errorf("the end: %v", err)
		}
	})
	for range strings.Count(strings.Join(args, " "), "--web.listen-address=") {
		select {
		case address := <-e.log.listening:
			e.urls = append(e.urls, "http://"+address)
		case err := <-ended:
			ended <- nil // for stop
			t.Fatalf("run ended before it listened: %v\n%s", err, e.log)
		}
	}
	return e
}

// eventually waits until nothing is lacking any more. lacking names what is, or
// gives "".
func eventually(t *testing.T, lacking func() string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for {
		lacks := lacking()
		if lacks == "" {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited 30 s in vain for %s", lacks)
		}
	}
}

// logLines takes the exporter's stderr, and finds in it where the exporter listens.
type logLines struct {
	listening chan string // must have room for each address

	mu   sync.Mutex // guards text
	text strings.Builder
}

// addressInLine matches in both formats of the log.
var addressInLine = regexp.MustCompile(`Listening on.*address=(\S+)|"address":"([^"]+)".*Listening on`)

// Write is given whole lines, because the logger writes each line at once.
func (l *logLines) Write(lines []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, found := range addressInLine.FindAllSubmatch(lines, -1) {
		l.listening <- string(found[1]) + string(found[2])
	}
	return l.text.Write(lines)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// forget drops what was logged until now.
func (l *logLines) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

// wantIn demands that a text contains each of the parts.
func wantIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
}
