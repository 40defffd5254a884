//go:build darwin || freebsd || linux || netbsd || openbsd

package config_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Reading a pipe would block until someone writes to it.
func TestSecretFileThatIsAPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "secret")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, "/dev/null"} {
		err := parseAccount(fmt.Sprintf("access_key_id: LTAIexample, access_key_secret_file: %q", name))
		if want := "access_key_secret_file: read " + name + ": not a regular file; give the path of a file"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
