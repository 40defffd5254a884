package main

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the README")

const readme = "README.md"

// The tables of the README are what the code says, in both languages.
func TestREADME(t *testing.T) {
	english := map[string]string{
		"flags":        flagTable(t),
		"metrics":      batchMetricTable(t),
		"own metrics":  ownMetricTable(t),
		"failures":     failureTable(t),
		"dependencies": dependencyTable(t),
	}
	holdTables(t, readme, english)
	translated, used := make(map[string]string), make(map[string]bool)
	for part, table := range english {
		translated[part] = inChinese(t, table, used)
	}
	checkNoneLeftOver(t, used)
	holdTables(t, "README.zh-CN.md", translated)
}

// holdTables compares the generated parts of a file, or rewrites them.
func holdTables(t *testing.T, file string, tables map[string]string) {
	t.Helper()
	was := read(t, file)
	is := was
	for part, table := range tables {
		begin, end := "<!-- begin generated: "+part+" -->\n", "<!-- end generated: "+part+" -->\n"
		before, rest, found := strings.Cut(is, begin)
		_, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s has no lines %q and %q", file, begin, end)
		}
		is = before + begin + table + end + after
	}
	if *update {
		if err := os.WriteFile(file, []byte(is), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(was, "\n"), strings.Split(is, "\n")); diff != "" {
		t.Errorf("%s is not what the code says; rewrite it by: go test ./... -update\n%s", file, diff)
	}
}

// What the README shows to copy works.
func TestREADMEExamples(t *testing.T) {
	fenced := func(language string) []string {
		var blocks []string
		for _, found := range regexp.MustCompile("(?s)\n```"+language+"\n(.*?)```\n").FindAllStringSubmatch(read(t, readme), -1) {
			blocks = append(blocks, found[1])
		}
		return blocks
	}
	// The others are Prometheus's.
	configs := slices.DeleteFunc(fenced("yaml"), func(text string) bool { return !strings.HasPrefix(text, "accounts:") })
	if len(configs) == 0 {
		t.Error("no configuration is shown")
	}
	for _, text := range configs {
		if c, err := config.Parse(strings.NewReader(text)); err != nil {
			t.Errorf("error %v in\n%s", err, text)
		} else if len(c.Warnings) > 0 {
			t.Errorf("warnings %v in\n%s", c.Warnings, text)
		}
	}
	policies := fenced("json")
	if len(policies) != 1 {
		t.Fatalf("%d policies, want one", len(policies))
	}
	var policy struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal([]byte(policies[0]), &policy); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, operation := range aliyun.Operations {
		want = append(want, "iot:"+operation)
	}
	if got := policy.Statement[0].Action; !slices.Equal(got, want) {
		t.Errorf("the policy allows %v, want %v", got, want)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documentedMetrics are the names in the metric reference.
func documentedMetrics(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, found := range regexp.MustCompile("(?m)^\\| `(aliyun_iot_ota_\\w+)` \\|").FindAllStringSubmatch(read(t, readme), -1) {
		names = append(names, found[1])
	}
	if len(names) == 0 {
		t.Fatalf("%s names no metric", readme)
	}
	return names
}
