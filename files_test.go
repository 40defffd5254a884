package main

import (
	"os"
	"path/filepath"
	"testing"
)

// smallest is a good configuration that needs no API: nobody answers on this
// machine's port 9.
const smallest = `accounts:
  - name: production
    endpoint: http://127.0.0.1:9
    credentials: {access_key_id: LTAItest, access_key_secret: do-not-show}
    instances: [{jobs: [job1]}]
`

// file writes a file in a folder of its own and gives its path.
func file(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	write(t, path, text)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
