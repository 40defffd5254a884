package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// asProgram makes the test binary the exporter itself, for what only a process
// of its own shows.
const asProgram = "TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// exporter is run as a user starts it.
type exporter struct {
	t    *testing.T
	urls []string // one an address, in the order in which they came up
	log  *logLines
	stop func() error // what SIGTERM does; gives what run returned
}

// start runs the exporter on a free port of the loopback address until the
// test ends, and returns when it listens there and on the addresses in args.
func start(t *testing.T, args ...string) *exporter {
	t.Helper()
	args = append(args, "--web.listen-address=127.0.0.1:0")
	ctx, cancel := context.WithCancel(t.Context())
	e := &exporter{t: t, log: &logLines{listening: make(chan string, len(args))}}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, io.Discard, e.log) }()
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
			ended <- nil
			t.Fatalf("run ended before it listened: %v\n%s", err, e.log)
		}
	}
	return e
}

// get asks the first address.
func (e *exporter) get(path string) (status int, body string) {
	e.t.Helper()
	return e.ask(http.MethodGet, path)
}

func (e *exporter) ask(method, path string) (status int, body string) {
	e.t.Helper()
	request, err := http.NewRequestWithContext(e.t.Context(), method, e.urls[0]+path, nil)
	if err != nil {
		e.t.Fatal(err)
	}
	return do(e.t, plainClient, request)
}

// plainClient keeps no connection: it would outlive the test.
var plainClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func do(t *testing.T, client *http.Client, request *http.Request) (status int, body string) {
	t.Helper()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// metrics is one scrape.
func (e *exporter) metrics() string {
	e.t.Helper()
	status, body := e.get("/metrics")
	if status != http.StatusOK {
		e.t.Fatalf("/metrics: %d %s", status, body)
	}
	return body
}

// eventually waits until nothing is lacking that another goroutine brings about.
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

// logLines is the exporter's stderr. It finds out where it listens.
type logLines struct {
	listening chan string

	mu   sync.Mutex // guards text
	text strings.Builder
}

var addressInLine = regexp.MustCompile(`Listening on.*address=(\S+)|"address":"([^"]+)".*Listening on`)

// Write takes whole lines, as the logger writes them.
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
