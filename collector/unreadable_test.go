package collector_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// However many entries of a list cannot be read, and however often, the log has
// one line of it.
func TestUnreadableListIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		b := ordinary(time.Now())
		b.Override = map[string]any{"Tags": map[string]any{"OtaTagDTO": make([]int, 1000)}}
		h.add(b)
		h.pass(time.Minute)
		if n := strings.Count(h.logs.String(), "cannot be read"); n != 1 || !strings.Contains(h.logs.String(), "field=Data.Tags[]") {
			t.Errorf("told %d times:\n%.2000s", n, h.logs.String())
		}
	})
}
