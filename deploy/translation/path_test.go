package translation_test

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// english are the files on the Chinese path that stay in English, with the reason.
var english = []struct{ pattern, reason string }{
	{`\.go$|^(?:aliyun|collector|config|\.ci)(?:/|$)`, "source code"},
	{`^deploy/Dockerfile$`, "a recipe for builders: install.zh-CN.md has its arguments"},
	{`^deploy/systemd/.*\.(?:service|socket)$`, "installed as they are: README.zh-CN.md has the drop-ins that adapt them"},
	{`^LICENSE$`, "it counts as it is written"},
	{`^CHANGELOG\.md$`, "the link says so: releases quote it, and its lines are names of code above all"},
	{`^deploy/prometheus/tests(?:/|$)`, "tests"},
	{`^deploy/alertmanager/templates/en\.tmpl$`, "the English one of two templates"},
	{`\.png$|/\.git[a-z]+$`, "has no text"},
}

// developers is the document whose links lead to the files that one edits, in English.
const developers = "deploy/docs/development.zh-CN.md"

// exceptionFor is the pattern of the exception that a file is, or "".
func exceptionFor(file string) string {
	for _, e := range english {
		if regexp.MustCompile(e.pattern).MatchString(file) {
			return e.pattern
		}
	}
	return ""
}

// Whoever starts at README.zh-CN.md and follows every link within the repository reads no English
// sentence: not in a document, a file to copy, a runbook, an alert or a dashboard.
func TestChinesePath(t *testing.T) {
	made := generate(t)
	names := chineseNames(made)
	chinese := map[string]string{}
	for _, a := range made.Artefacts {
		chinese[a.Source] = a.Output
	}
	type step struct{ from, to string }
	visited, used, extensions := map[string]bool{}, map[string]bool{}, map[string]int{}
	for waiting := []step{{"", "README.zh-CN.md"}}; len(waiting) > 0; waiting = waiting[1:] {
		from, file := waiting[0].from, waiting[0].to
		isEdited := from == developers && path.Ext(file) != ".md"
		if isEdited && made.Files[file] != nil {
			t.Errorf("%s leads to %s, which nobody edits", from, file)
		}
		exception := exceptionFor(file)
		used[exception] = true
		if exception != "" || isEdited || visited[file] {
			continue
		}
		visited[file] = true
		entry, err := os.Stat(repository.Path(t, file))
		switch {
		case err != nil:
			t.Errorf("%s leads to %s: %v", from, file, err)
		case chinese[file] != "":
			t.Errorf("%s leads to %s, which is %s in Chinese", from, file, chinese[file])
		case entry.IsDir():
			for _, inside := range inFolder(t, file) {
				waiting = append(waiting, step{from, inside})
			}
		default:
			extensions[path.Ext(file)]++
			text := repository.Read(t, file)
			for _, found := range englishIn(t, file, text, names) {
				t.Errorf("%s, to which %s leads: %s", file, from, found)
			}
			for _, next := range leadsTo(t, file, text) {
				waiting = append(waiting, step{file, next})
			}
		}
	}
	if extensions[".md"] < 35 || extensions[".yml"] < 10 || extensions[".json"] < 3 || extensions[".tmpl"] < 1 {
		t.Errorf("files on the way: %v", extensions)
	}
	for _, e := range english {
		if !used[e.pattern] {
			t.Errorf("no Chinese document leads to %s (%s)", e.pattern, e.reason)
		}
	}
}

// inFolder is the Chinese README of a folder, or else all files in it.
func inFolder(t *testing.T, folder string) (files []string) {
	t.Helper()
	entries, err := os.ReadDir(repository.Path(t, folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() == "README.zh-CN.md" {
			return []string{path.Join(folder, entry.Name())}
		}
		files = append(files, path.Join(folder, entry.Name()))
	}
	return files
}

var (
	anyLink = regexp.MustCompile(`(?:\]\(|(?m:^\[[^]\n]+\]: )|src(?:set)?="|href=")([^)"\s]+)`)
	onWeb   = regexp.MustCompile(`https://github\.com/aliyun-iot-ota/aliyun_iot_ota_exporter/(?:blob|tree)/main/([\w./-]*\w)`)
	named   = regexp.MustCompile(`\b(?:dashboards|deploy)/[\w./-]+\w`)
)

// leadsTo are the files and folders of the repository that a file links to, or names by its path.
func leadsTo(t *testing.T, file, text string) (files []string) {
	t.Helper()
	for _, found := range onWeb.FindAllStringSubmatch(text, -1) {
		files = append(files, found[1])
	}
	text = onWeb.ReplaceAllString(text, "")
	if path.Ext(file) != ".md" {
		return files
	}
	prose := withoutCode(text)
	for _, found := range anyLink.FindAllStringSubmatch(prose, -1) {
		target, _, _ := strings.Cut(found[1], "#")
		if target != "" && !strings.Contains(target, "://") && target != "README.md" {
			files = append(files, path.Join(path.Dir(file), target))
		}
	}
	for _, target := range named.FindAllString(strings.Join(codeBlock.FindAllString(text, -1), "\n"), -1) {
		if _, err := os.Stat(repository.Path(t, target)); err == nil {
			files = append(files, target)
		}
	}
	return files
}
