package translation_test

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
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
		exception := slices.IndexFunc(english, func(e struct{ pattern, reason string }) bool {
			return regexp.MustCompile(e.pattern).MatchString(file)
		})
		if exception >= 0 {
			used[english[exception].pattern] = true
		}
		if exception >= 0 || visited[file] {
			continue
		}
		visited[file] = true
		entry, err := os.Stat(repository.Path(t, file))
		switch {
		case err != nil:
			t.Errorf("%s leads to %s: %v", from, file, err)
		case from == "deploy/docs/development.zh-CN.md" && path.Ext(file) != ".md":
			visited[file] = false // others may not lead there
			if made.Files[file] != nil {
				t.Errorf("%s leads to %s, which nobody edits", from, file)
			}
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

var (
	// run is three or more English words in a row.
	run = regexp.MustCompile(`\b[A-Za-z][A-Za-z'’]+(?:,? [A-Za-z][A-Za-z'’]+){2,}\b`)
	// notRead is what is not for people: code, templates, addresses, tags and notes of tools.
	notRead = regexp.MustCompile("(?s)``.+?``|`[^`]*`|\\{\\{.*?\\}\\}|\\]\\([^)]*\\)|https?://[^\\s)>，。；、]+|<!--.*?-->|<[^>]*>|(?m:^\\[[^]\n]+\\]: \\S+$)|\\$\\{[^}]*\\}")
)

// englishIn lists the English sentences of a file: three English words in a row, or two that are
// no names in a text without a Chinese character.
func englishIn(t *testing.T, file, text string, names translation.Names) (found []string) {
	t.Helper()
	for _, line := range read(t, file, text) {
		shown := notRead.ReplaceAllString(line, " | ")
		if hasSentence(shown) || strings.Contains(strings.TrimSpace(shown), " ") && translation.IsProse(shown) && names.LeftInEnglish(shown) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

// hasSentence reports whether three English words are in a row, two of them without a capital: a
// title such as Vertical Pod Autoscaler is a name.
func hasSentence(text string) bool {
	return slices.ContainsFunc(run.FindAllString(text, -1), func(words string) bool {
		return len(regexp.MustCompile(`\b[a-z]`).FindAllString(words, -1)) >= 2
	})
}

// read lists what a reader of a file reads in it.
func read(t *testing.T, file, text string) (lines []string) {
	t.Helper()
	switch path.Ext(file) {
	case ".md":
		alt := regexp.MustCompile(`(?:alt|title)="([^"]*)"`)
		for _, picture := range alt.FindAllStringSubmatch(text, -1) {
			lines = append(lines, picture[1])
		}
		for _, block := range codeBlock.FindAllString(text, -1) {
			lines = append(lines, commentsIn(block)...)
		}
		text = strings.Replace(withoutCode(text), "[English](README.md)", "", 1)
		lines = append(lines, strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '|' })...)
	case ".yml", ".yaml":
		lines = commentsIn(text)
		decoder := yaml.NewDecoder(strings.NewReader(text))
		for {
			var content any
			if decoder.Decode(&content) != nil {
				break
			}
			walk("", content, func(path string, value any) {
				if text, is := value.(string); is && hasSentence(text) && !strings.HasSuffix(path, "/expr") {
					lines = append(lines, text)
				}
			})
		}
	case ".json":
		var content any
		if err := yaml.Unmarshal([]byte(text), &content); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		walk("", content, func(path string, value any) {
			if text, is := value.(string); is && shownJSON.MatchString(path) {
				lines = append(lines, text)
			}
		})
	case ".png":
	default:
		lines = strings.Split(text, "\n")
	}
	return lines
}

// shownJSON is what Grafana shows of a dashboard, and an editor of a schema.
var shownJSON = regexp.MustCompile(`(?i)(?:title|description|label|text|message|displayname|content|tooltip|novalue|legendformat|/renameByName/[^/]+)(?:format)?$`)

// commentsIn lists the comments of a file or of a block of code. Indented ones are commands, and
// those with a key are settings that are not in force.
func commentsIn(text string) (lines []string) {
	for _, found := range regexp.MustCompile(`(?m)(?:^|[ \t])# (\S.*)$`).FindAllStringSubmatch(text, -1) {
		if !regexp.MustCompile(`^(?:- )?[a-z_-]+:(?: |$)`).MatchString(found[1]) {
			lines = append(lines, found[1])
		}
	}
	return lines
}
