package exportertest

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// AnyPort makes the exporter listen on a free port of the loopback address.
const AnyPort = "--web.listen-address=127.0.0.1:0"

// Exporter is an exporter that listens. Its methods end the test if the exporter does not
// answer, so they are for the test's own goroutine, except [Exporter.Try] and [Exporter.Scrape].
type Exporter struct {
	T    *testing.T
	URLs []string     // one for each address, in the order in which they came up
	Log  *Log         // what it writes to stderr
	Stop func() error // ends it as SIGTERM does, and returns its error; nil for a [Process]
}

// Start runs the exporter in this process, on a free port and on the addresses in args,
// until the test ends. It returns when all of them are open.
func Start(t *testing.T, args ...string) *Exporter {
	t.Helper()
	args = append(args, AnyPort)
	ctx, cancel := context.WithCancel(t.Context())
	e := &Exporter{T: t, Log: &Log{listening: make(chan string, len(args))}}
	ended := make(chan error, 1)
	go func() { ended <- collector.Run(ctx, args, io.Discard, e.Log) }()
	e.Stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := e.Stop(); err != nil {
			t.Errorf("the end: %v", err)
		}
	})
	for range strings.Count(strings.Join(args, " "), "--web.listen-address=") {
		select {
		case address := <-e.Log.listening:
			e.URLs = append(e.URLs, "http://"+address)
		case err := <-ended:
			ended <- nil // for Stop
			t.Fatalf("it ended before it listened: %v\n%s", err, e.Log)
		}
	}
	return e
}

// Run runs the exporter in this process, with arguments with which it ends by itself, and
// returns what it prints.
func Run(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	err = collector.Run(ctx, args, &out, &errs)
	if ctx.Err() != nil {
		t.Fatalf("%v did not end by itself", args)
	}
	return out.String(), errs.String(), err
}
