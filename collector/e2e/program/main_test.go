// Package program_test runs the program as its user does: commands, the demo, reloads,
// signals and crashes.
package program_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the tests if a goroutine outlives them.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
