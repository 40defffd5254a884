package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// Whatever the text, there is an answer, and what parses is valid as it stands.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.yml", "testdata/bad/*.yml", examplePath} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds in %s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := config.Parse(bytes.NewReader(text))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
			return
		}
		if problems, warnings := config.Revalidate(c); problems > 0 || warnings != len(c.Warnings) {
			t.Errorf("the parsed config has %d problems and %d warnings, want none and %d: %+v", problems, warnings, len(c.Warnings), c)
		}
	})
}
