package harness

import (
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/statefile"
)

// Keep makes the exporter keep its state in a file. stop ends the exporter as the program
// ends it. If the test does not call stop, its end does.
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

// Next returns the exporter after a restart, with the configuration, the state file and the
// simulator of this one. Call Apply to start it.
func (h *Harness) Next(path string) *Harness {
	h.T.Helper()
	next := New(h.T)
	next.RedirectTo(h)
	next.Setup = h.Setup
	next.Keep(path)
	return next
}
