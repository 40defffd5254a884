package exportertest

import (
	"strings"
	"testing"
	"time"
)

// Eventually waits until lacking returns "". Until then it returns what the test waits
// for. The test fails after 30 s.
func Eventually(t *testing.T, lacking func() string) {
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

// WantIn reports each part that the text does not contain.
func WantIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
}
