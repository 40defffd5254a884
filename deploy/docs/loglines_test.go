package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// A message that a runbook quotes is one of the program.
func TestMessagesInRunbooks(t *testing.T) {
	var program strings.Builder
	for _, folder := range []string{"collector", "config", "aliyun"} {
		err := filepath.WalkDir(filepath.Join(repository.Root(t), folder), func(file string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
				return err
			}
			text, err := os.ReadFile(file)
			program.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	messages, quoted := strings.ReplaceAll(program.String(), "is in use by %s", "is in use by another exporter"), 0
	for name, text := range documents(t) {
		if !strings.HasPrefix(name, "deploy/runbooks/") {
			continue
		}
		for _, found := range regexp.MustCompile("`([a-z]+(?: [a-z]+){2,})`").FindAllStringSubmatch(text, -1) {
			if quoted++; !strings.Contains(messages, found[1]) {
				t.Errorf("%s: the program has no message %q", name, found[1])
			}
		}
	}
	if quoted < 8 {
		t.Errorf("only %d messages", quoted)
	}
}

// The table of log lines has every line that the program writes, and no others.
func TestLogLines(t *testing.T) {
	root := repository.Root(t)
	written := map[string]bool{} // the constant beginning of each line
	err := filepath.WalkDir(filepath.Join(root, "collector"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		for _, found := range regexp.MustCompile(`"msg", "([^"]+)"`).FindAllStringSubmatch(repository.Read(t, filepath.ToSlash(name)), -1) {
			written[strings.TrimRight(found[1], ": ")] = true
		}
		return nil
	})
	if err != nil || len(written) < 30 {
		t.Fatalf("%d lines, error %v", len(written), err)
	}
	_, table, _ := strings.Cut(documents(t)["deploy/docs/running.md"], "\n## Log lines\n")
	table, _, _ = strings.Cut(table, "\n## ")
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ").FindAllStringSubmatch(table, -1) {
		line := strings.TrimSuffix(row[1], " aliyun_iot_ota_exporter")
		if line != "msg" && !written[line] {
			t.Errorf("the exporter does not write %q", row[1])
		}
		delete(written, line)
	}
	for line := range written {
		t.Errorf("the table of log lines does not have %q", line)
	}
}
