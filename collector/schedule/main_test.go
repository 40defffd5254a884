package schedule

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage grow to four times the live heap, because the simulations make much
// garbage and keep little.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
