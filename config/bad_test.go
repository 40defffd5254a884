package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

var update = flag.Bool("update", false, "rewrite the expected messages in testdata/bad")

// planted is the secret in the files of testdata. Errors must not quote it.
const planted = "hunter2Secret"

// Each file of testdata/bad breaks one rule and is named after it. The .txt file beside it
// is the expected message.
func TestInvalidFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad files: %v", err)
	}
	for _, file := range files {
		rule := strings.TrimSuffix(filepath.Base(file), ".yml")
		t.Run(strings.ReplaceAll(rule, "-", " "), func(t *testing.T) {
			c, err := config.Load(file)
			if err == nil {
				t.Fatalf("loaded: %+v", c)
			}
			if strings.Contains(err.Error(), planted) {
				t.Errorf("the message quotes the secret:\n%v", err)
			}
			golden := strings.TrimSuffix(file, ".yml") + ".txt"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("message (-want +got); go test -update rewrites it:\n%s", diff)
			}
		})
	}
}

// A message without its file would look like a rule that is still tested.
func TestEveryMessageHasAFile(t *testing.T) {
	goldens, err := filepath.Glob("testdata/bad/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, golden := range goldens {
		if _, err := os.Stat(strings.TrimSuffix(golden, ".txt") + ".yml"); err != nil {
			t.Errorf("%s is obsolete: %v", golden, err)
		}
	}
}

// Callers can distinguish a file that cannot be read from an invalid one.
func TestUnreadableInput(t *testing.T) {
	t.Run("a missing file", func(t *testing.T) {
		_, err := config.Load("testdata/none.yml")
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v, want it to wrap os.ErrNotExist", err)
		}
	})
	t.Run("a reader that fails", func(t *testing.T) {
		broken := errors.New("broken pipe")
		_, err := config.Parse(failingReader{broken})
		if !errors.Is(err, broken) {
			t.Errorf("got %v, want it to wrap %v", err, broken)
		}
	})
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// With nested aliases, a few lines of YAML would expand to 10⁷ values and exhaust memory.
func TestAliasBomb(t *testing.T) {
	many := func(what string) string { return "[" + strings.Repeat(what+", ", 999) + what + "]" }
	text := "accounts:\n" +
		"  - &account\n    name: production\n    region: cn-shanghai\n" +
		"    instances:\n      - &instance\n        jobs: " + many("a") + "\n" +
		"  - instances: &instances " + many("*instance") + "\n" +
		strings.Repeat("  - instances: *instances\n", 10)
	_, err := config.Parse(strings.NewReader(text))
	if err == nil || !strings.Contains(err.Error(), "use fewer aliases") {
		t.Errorf("got %.200v, want an error about aliases", err)
	}
}
