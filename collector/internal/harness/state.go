package harness

import (
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/statefile"
)

// Keep lets an exporter keep its state in a file. stop ends it as the program does;
// the test's end does so otherwise.
func (h *Harness) Keep(path string) (stop func()) {
	h.T.Helper()
	file := statefile.New(path, 5*time.Minute, h.Store, h.Registry, h.Options.Logger)
	if err := file.Open(h.T.Context()); err != nil {
		h.T.Fatal(err)
	}
	stopKeeping := file.Keep()
	stop = sync.OnceFunc(func() {
		h.Poller.Stop()
		stopKeeping()
		file.Close()
	})
	h.T.Cleanup(stop)
	return stop
}

// Next is the exporter that is started after this one, with its configuration, its
// state file and its simulator. Nothing is applied yet.
func (h *Harness) Next(path string) *Harness {
	h.T.Helper()
	next := New(h.T)
	next.RedirectTo(h)
	next.Setup = h.Setup
	next.Keep(path)
	return next
}
