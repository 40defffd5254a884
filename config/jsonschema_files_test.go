package config_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

const schemaPath = "../deploy/config.schema.json"

func TestSchemaIsGenerated(t *testing.T) {
	got := config.JSONSchema(t)
	if *update {
		if err := os.WriteFile(schemaPath, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got); go test -update rewrites it:\n%s", schemaPath, diff)
	}
}

// onlyCheck are the bad files that the schema accepts, by what it cannot express.
var onlyCheck = map[string][]string{
	"that two items have the same name or ID": {
		"a-duplicate-account", "a-failure-reason-twice", "a-job-id-twice-in-an-account", "an-instance-listed-twice",
		"the-public-instance-listed-twice", "two-accounts-with-one-budget", "two-accounts-with-the-default-chain",
	},
	"what a file of a secret contains": {
		"a-secret-file-of-two-lines", "a-secret-file-that-is-a-directory", "a-secret-file-that-is-empty", "a-secret-file-that-is-masked",
		"a-secret-file-that-is-missing", "a-secret-file-with-a-byte-order-mark", "a-secret-file-with-a-placeholder", "a-secret-file-with-a-space", "a-secret-in-place-of-its-file",
	},
	"the value of a number in a text":      {"a-duration-below-a-millisecond", "a-duration-that-is-too-long"},
	"how a number is written":              {"a-rate-with-a-decimal-point"},
	"which characters can be seen":         {"an-account-name-with-an-invisible-character"},
	"the syntax of RE2":                    {"a-pattern-that-is-not-a-regular-expression"},
	"tags and documents, which JSON lacks": {"a-binary-name", "a-secret-with-a-tag", "a-second-document"},
}

// The schema accepts every valid file, and rejects every invalid one but for the rules that
// no JSON schema can express.
func TestSchemaAgreesWithTheCheck(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	good := []string{examplePath}
	for _, pattern := range []string{"testdata/good/*.yml", "../deploy/kubernetes/overlays/*/aliyun_iot_ota_exporter.yml"} {
		files, _ := filepath.Glob(pattern)
		good = append(good, files...)
	}
	for _, file := range good {
		value, err := asJSON(file)
		if err == nil {
			err = s.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	accepts := map[string]string{}
	for reason, rules := range onlyCheck {
		for _, rule := range rules {
			accepts[rule] = reason
		}
	}
	bad, _ := filepath.Glob("testdata/bad/*.yml")
	if len(good) < 5 || len(bad) < 100 {
		t.Fatalf("found %d good and %d bad files", len(good), len(bad))
	}
	for _, file := range bad {
		rule := strings.TrimSuffix(filepath.Base(file), ".yml")
		value, err := asJSON(file)
		if err == nil {
			err = s.Validate(value)
		}
		switch reason := accepts[rule]; {
		case err == nil && reason == "":
			t.Errorf("%s: the schema accepts it", rule)
		case err != nil && reason != "":
			t.Errorf("%s: rejected, although no schema can express %s: %v", rule, reason, err)
		}
		delete(accepts, rule)
	}
	for rule := range accepts {
		t.Errorf("onlyCheck has %s, which is no bad file", rule)
	}
}

// asJSON reads a YAML file into the types of JSON.
func asJSON(file string) (any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	return plain(value)
}

// plain replaces what YAML has and JSON has not.
func plain(value any) (any, error) {
	switch v := value.(type) {
	case time.Time:
		return v.Format(time.DateOnly), nil
	case map[any]any:
		return nil, errors.New("a key that is not text")
	case map[string]any:
		for key := range v {
			var err error
			if v[key], err = plain(v[key]); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range v {
			var err error
			if v[i], err = plain(v[i]); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}
