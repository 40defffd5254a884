package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

const examplePath = "../deploy/config.example.yml"

// Whoever copies the example gets the defaults, and no warning.
func TestExampleShowsTheDefaults(t *testing.T) {
	example, defaults := load(t, examplePath), load(t, "testdata/good/smallest.yml")
	if diff := cmp.Diff(defaults.Polling, example.Polling); diff != "" {
		t.Errorf("polling (-default +example):\n%s", diff)
	}
	got, want := example.Accounts[0], defaults.Accounts[0]
	got.Instances, want.Instances = nil, nil
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("account (-default +example):\n%s", diff)
	}
	if len(example.Warnings) > 0 {
		t.Errorf("warnings: %q", example.Warnings)
	}
}

// commentedKey matches a key that is commented out. Without the "# " it stands beside its
// siblings, or one level below its parent.
var commentedKey = regexp.MustCompile(`(?m)^( *)# ([a-z_]+:( .*)?)$`)

// The example has every key of the schema, live or commented out, and explains each by
// a comment behind it or above it.
func TestExampleDocumentsEveryKey(t *testing.T) {
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	given, err := config.GivenLines(commentedKey.ReplaceAllString(string(text), "$1$2"))
	if err != nil {
		t.Fatalf("with every key live: %v", err)
	}
	for _, path := range config.SchemaPaths() {
		line, ok := given[path]
		if !ok {
			t.Errorf("%s is not there", path)
			continue
		}
		// A comment stands behind the key, or is prose in the line above.
		own, above := strings.TrimSpace(lines[line-1]), strings.TrimSpace(lines[line-2])
		_, comment, _ := strings.Cut(strings.TrimPrefix(own, "# "), " # ")
		isProse := strings.HasPrefix(above, "# ") && !commentedKey.MatchString(above)
		if strings.TrimSpace(comment) == "" && !isProse {
			t.Errorf("%s in line %d has no comment", path, line)
		}
	}
}
