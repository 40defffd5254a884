package exportertest

import (
	"strings"
	"testing"
	"time"
)

// Eventually waits until lacking returns "". Until then it returns what the test waits
// for. It is called less often the longer the test waits. The test fails after 30 s.
func Eventually(t *testing.T, lacking func() string) {
	t.Helper()
	begin := time.Now()
	for {
		lacks := lacking()
		waited := time.Since(begin)
		switch {
		case lacks == "":
			return
		case waited > 30*time.Second:
			t.Fatalf("waited 30 s in vain for %s", lacks)
		}
		time.Sleep(min(max(20*time.Millisecond, waited/10), 200*time.Millisecond))
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
