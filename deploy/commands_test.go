package deploy_test

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// apiCommands are the operations that a text may tell people to call, with the
// parameters that each needs by Alibaba's pages. IotInstanceId is needed wherever the
// instance has an ID.
var apiCommands = map[string][]string{
	"CancelOTAStrategyByJob": {"JobId", "IotInstanceId"},
	"CancelOTATaskByJob":     {"JobId", "IotInstanceId"}, // and one of cancelFlags
	"ListOTATaskByJob":       {"JobId", "CurrentPage", "PageSize", "IotInstanceId"},
	"QueryOTAJob":            {"JobId", "IotInstanceId"},
}

// cancelFlags say what CancelOTATaskByJob cancels. Each is false by default, and a call
// with none of them fails.
var cancelFlags = []string{"CancelScheduledTask", "CancelQueuedTask", "CancelNotifiedTask", "CancelInProgressTask", "CancelUnconfirmedTask"}

// changesBatches matches the operations that change a batch. A text names them only within a
// command, because a call without parameters fails.
var changesBatches = regexp.MustCompile(`(aliyun iot )?\b((?:Cancel|Update|Delete|Create)OTA\w+)`)

// onlyNamed are operations that a text speaks of without telling people to call them.
var onlyNamed = []string{"DeleteOTAFirmware"}

// TestCommandsAreComplete holds what people are told to call to the API's own pages.
func TestCommandsAreComplete(t *testing.T) {
	commands := 0
	for file, text := range textsForPeople(t) {
		for _, found := range regexp.MustCompile("`aliyun iot (\\w+)([^`]*)`").FindAllStringSubmatch(text, -1) {
			commands++
			operation, given := found[1], map[string]string{}
			for _, p := range regexp.MustCompile(`--(\w+) (\S+)`).FindAllStringSubmatch(found[2], -1) {
				given[p[1]] = p[2]
			}
			needed, known := apiCommands[operation]
			if !known {
				t.Errorf("%s: nobody has looked up what %s needs", file, operation)
			}
			for _, name := range needed {
				if given[name] == "" {
					t.Errorf("%s: %s needs --%s: %s", file, operation, name, found[0])
				}
			}
			flags := 0
			for name, value := range given {
				switch {
				case operation == "CancelOTATaskByJob" && slices.Contains(cancelFlags, name) && value == "true":
					flags++
				case strings.HasPrefix(name, "Cancel"):
					t.Errorf("%s: --%s %s cancels nothing: %s", file, name, value, found[0])
				}
			}
			if operation == "CancelOTATaskByJob" && flags == 0 {
				t.Errorf("%s: no flag says what to cancel: %s", file, found[0])
			}
		}
		for _, found := range changesBatches.FindAllStringSubmatch(text, -1) {
			if found[1] == "" && !slices.Contains(onlyNamed, found[2]) {
				t.Errorf("%s names %s without a command to paste", file, found[2])
			}
		}
	}
	if commands < 8 {
		t.Errorf("%d commands found", commands)
	}
}

// textsForPeople are the READMEs, and the runbooks, rules and dashboards.
func textsForPeople(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, file := range slices.Concat(files(t, "../README*.md"), files(t, "../dashboards/*.json")) {
		texts[file] = read(t, file)
	}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && slices.Contains([]string{".md", ".yml", ".yaml", ".json"}, filepath.Ext(path)) {
			texts[path] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
