// Package security_test holds that passwords and TLS protect every page, and that no output
// has a secret.
package security_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the tests if a goroutine outlives them.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
