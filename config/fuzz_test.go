package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// For any text, Parse returns either an error that does not quote the secret, or a valid
// configuration that is the same after it is written and parsed again.
func FuzzParse(f *testing.F) {
	// The files of the other tests are the seeds.
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
			for line := range strings.Lines(err.Error()) {
				// The messages quote paths.
				if strings.Contains(line, planted) && !strings.Contains(line, "_file: read /") && !strings.Contains(line, "_file: read .") {
					t.Errorf("the secret is in %s", line)
				}
			}
			return
		}
		if problems, warnings := config.Revalidate(c); problems > 0 || warnings != len(c.Warnings) {
			t.Errorf("the parsed config has %d problems and %d warnings, want none and %d: %+v", problems, warnings, len(c.Warnings), c)
		}
		written, err := yaml.Marshal(asWritten(reflect.ValueOf(c).Elem()))
		if err != nil {
			t.Fatal(err)
		}
		again, err := config.Parse(bytes.NewReader(written))
		if err != nil {
			t.Fatalf("%v in what the config is written as:\n%s", err, written)
		}
		if diff := cmp.Diff(c, again, same, cmpopts.IgnoreFields(config.Config{}, "Warnings", "Lines"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("written and read again (-was +is):\n%s\nwritten as\n%s", diff, written)
		}
	})
}

// asWritten converts a value of the schema to what a file contains: no zero values, and
// secrets in plain text.
func asWritten(v reflect.Value) any {
	if secret, ok := reflect.TypeAssert[config.Secret](v); ok {
		return secret.Reveal()
	}
	switch v.Kind() {
	case reflect.Struct:
		keys := map[string]any{}
		for field, value := range v.Fields() {
			if key := field.Tag.Get("yaml"); key != "-" && !value.IsZero() {
				keys[key] = asWritten(value)
			}
		}
		return keys
	case reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = asWritten(v.Index(i))
		}
		return items
	}
	if d, ok := reflect.TypeAssert[time.Duration](v); ok {
		return d.String()
	}
	return v.Interface()
}
