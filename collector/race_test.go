package collector

import (
	"runtime/debug"
	"slices"
	"testing"
)

// SkipUnderRace skips a test that the race detector would only make slow, or
// whose numbers it spoils. Other tests meet the same code with it.
func SkipUnderRace(t *testing.T, reason string) {
	t.Helper()
	info, _ := debug.ReadBuildInfo()
	if slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("not with the race detector: " + reason)
	}
}
