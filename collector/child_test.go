package collector

import (
	"os"
	"os/exec"
	"testing"
)

// childTest says which test a process was started for.
const childTest = "TEST_IN_A_PROCESS_OF_ITS_OWN"

// InChild runs a test in a process of its own, and says whether this is that
// process. It is for what changes a whole process, such as a limit on the size
// of files: go test itself writes one all the time.
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
