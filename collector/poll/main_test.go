package poll_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage grow to four times the live heap. The tests make much garbage and
// keep little, so by default a quarter of their CPU goes into collecting it.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
