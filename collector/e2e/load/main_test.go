// Package load_test measures the exporter under load: its speed, an hour-long run with a
// large fleet, and servers that misbehave. A flag chooses each thorough run; without it a
// test is quick or skipped.
package load_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the tests if a goroutine outlives them.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
