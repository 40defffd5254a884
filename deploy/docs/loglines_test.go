package docs_test

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

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
