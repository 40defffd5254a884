package conditions

import (
	"os"
	"os/exec"
	"runtime/debug"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// childTest is an environment variable with the name of the test that a process runs.
const childTest = "TEST_IN_A_PROCESS_OF_ITS_OWN"

// InChild runs a test in a process of its own, and reports whether this is that process. It
// is for tests that change their whole process, for example with a limit on the size of
// files.
func InChild(t *testing.T) bool {
	t.Helper()
	if os.Getenv(childTest) == t.Name() {
		return true
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), childTest+"="+t.Name())
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}

// SkipUnderRace skips a test that is too slow with the race detector, or that measures what
// the race detector changes. Other tests run the same code with it.
func SkipUnderRace(t *testing.T, reason string) {
	t.Helper()
	if repository.UnderRace() {
		t.Skip("not with the race detector: " + reason)
	}
}

// MuchGarbage lets garbage grow to four times the live heap. It is for the TestMain of a
// package whose tests make much garbage and keep little: by default a quarter to a half of
// their CPU goes into collecting it.
func MuchGarbage() { debug.SetGCPercent(400) }
