package readme_test

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
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the README")

const (
	readme        = "README.md"
	readmeChinese = "README.zh-CN.md"
)

// The generated tables of both READMEs agree with the code.
func TestGeneratedTables(t *testing.T) {
	english := map[string]string{
		"flags":        flagTable(t),
		"metrics":      batchMetricTable(t),
		"own metrics":  ownMetricTable(t),
		"failures":     failureTable(t),
		"dependencies": dependencyTable(t),
	}
	for _, part := range []string{"scrape speed", "polling speed", "detection speed", "program speed"} {
		english[part] = tableIn(t, readme, part) // TestSpeed in collector/e2e/speed makes it
	}
	checkTables(t, readme, english)
	translated, used := make(map[string]string), make(map[string]bool)
	for part, table := range english {
		translated[part] = inChinese(t, table, used)
	}
	checkAllUsed(t, used)
	checkTables(t, readmeChinese, translated)
}

// tableIn returns a generated part of a README.
func tableIn(t *testing.T, file, part string) string {
	t.Helper()
	begin, end := "<!-- begin generated: "+part+" -->\n", "<!-- end generated: "+part+" -->\n"
	_, rest, found := strings.Cut(repository.Read(t, file), begin)
	table, _, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s does not have the lines %q and %q", file, begin, end)
	}
	return table
}

// checkTables compares the generated parts of a README with the tables. With -update it
// rewrites them.
func checkTables(t *testing.T, file string, tables map[string]string) {
	t.Helper()
	is := repository.Read(t, file)
	want := is
	for part, table := range tables {
		was := tableIn(t, file, part)
		begin := "<!-- begin generated: " + part + " -->\n"
		want = strings.Replace(want, begin+was, begin+table, 1)
	}
	if *update {
		if err := os.WriteFile(repository.Path(t, file), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(is, "\n"), strings.Split(want, "\n")); diff != "" {
		t.Errorf("%s does not agree with the code; rewrite it by: make update\n%s", file, diff)
	}
}

// The example configurations and the policy of the README are valid.
func TestREADMEExamples(t *testing.T) {
	// blocks returns the blocks of code in a language.
	blocks := func(language string) (all []string) {
		for _, found := range regexp.MustCompile("(?s)\n```"+language+"\n(.*?)```\n").FindAllStringSubmatch(repository.Read(t, readme), -1) {
			all = append(all, found[1])
		}
		return all
	}
	// The other YAML is for Prometheus.
	configs := slices.DeleteFunc(blocks("yaml"), func(text string) bool { return !strings.HasPrefix(text, "accounts:") })
	if len(configs) == 0 {
		t.Error("the README has no configuration")
	}
	for _, text := range configs {
		if c, err := config.Parse(strings.NewReader(text)); err != nil {
			t.Errorf("error %v in\n%s", err, text)
		} else if len(c.Warnings) > 0 {
			t.Errorf("warnings %v in\n%s", c.Warnings, text)
		}
	}
	// The policy must allow all operations that the exporter calls, and no others.
	policies := blocks("json")
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
