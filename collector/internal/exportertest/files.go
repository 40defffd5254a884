package exportertest

import (
	"os"
	"path/filepath"
	"testing"
)

// SmallestConfig is a valid configuration that needs no API: nothing listens on port 9 of
// this machine.
const SmallestConfig = `accounts:
  - name: production
    endpoint: http://127.0.0.1:9
    credentials: {access_key_id: LTAItest, access_key_secret: do-not-show}
    instances: [{jobs: [job1]}]
`

// TempFile writes a file in a temporary folder of its own and returns its path.
func TempFile(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	WriteFile(t, path, text)
	return path
}

// WriteFile replaces the content of a file. It does not do so atomically.
func WriteFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ReadFile returns the content of a file.
func ReadFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
