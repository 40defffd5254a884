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

// The example gives the defaults and no warnings.
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

// commentedKey matches a key that is commented out. Removing the "# " gives it the right
// indentation.
var commentedKey = regexp.MustCompile(`(?m)^( *)# ([a-z_]+:( .*)?)$`)

// The example contains every key of the schema, possibly commented out. A comment after the
// key or above it explains the key.
func TestExampleDocumentsEveryKey(t *testing.T) {
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	given, err := config.GivenLines(commentedKey.ReplaceAllString(string(text), "$1$2"))
	if err != nil {
		t.Fatalf("without the comment characters: %v", err)
	}
	for _, path := range config.SchemaPaths() {
		line, ok := given[path]
		if !ok {
			t.Errorf("%s is missing", path)
			continue
		}
		// The comment is after the key, or it is prose on the line above.
		own, above := strings.TrimSpace(lines[line-1]), strings.TrimSpace(lines[line-2])
		_, comment, _ := strings.Cut(strings.TrimPrefix(own, "# "), " # ")
		isProse := strings.HasPrefix(above, "# ") && !commentedKey.MatchString(above)
		if strings.TrimSpace(comment) == "" && !isProse {
			t.Errorf("%s in line %d has no comment", path, line)
		}
	}
}
