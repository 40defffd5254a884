package translation_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

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
		for _, found := range attribute.FindAllStringSubmatch(text, -1) {
			lines = append(lines, strings.Trim(found[1], `"'`))
		}
		for _, block := range codeBlock.FindAllString(text, -1) {
			lines = append(lines, commentsIn(block)...)
			lines = append(lines, sentencesInCode(block)...)
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

// attribute is a text that a reader of HTML sees or hears, or the title of a link of Markdown.
var attribute = regexp.MustCompile(`(?:\b(?:alt|title|aria-label|summary|label|placeholder)=|\]\([^)\s]+ |(?m:^\[[^]\n]+\]: \S+ ))("[^"]*"|'[^']*')`)

// commentsIn lists the comments of a file or of a block of code. Indented ones are commands, and
// those with a key are settings that are not in force, unless the value is a sentence.
func commentsIn(text string) (lines []string) {
	for _, found := range regexp.MustCompile(`(?m)(?:^|[ \t])# (\S.*)$`).FindAllStringSubmatch(text, -1) {
		setting := regexp.MustCompile(`^(?:- )?[a-z_-]+:(?: |$)`).FindString(found[1])
		if setting == "" || hasSentence(found[1][len(setting):]) {
			lines = append(lines, found[1])
		}
	}
	return lines
}

var (
	// inQuotes is a text in a command or a setting, plainValue one without quotes.
	inQuotes   = regexp.MustCompile(`"[^"\n]*"|'[^'\n]*'`)
	plainValue = regexp.MustCompile(`(?m)^\s*(?:- )?[\w.-]+: ([^"'#&*{[|>].*)$`)
	// figure is a block of code that people read: a drawing, or the output of a program.
	figure = regexp.MustCompile("^\\s*```(?:text|mermaid)?\n")
	// outputs are what programs print, in English everywhere.
	outputs = []string{"The configuration is valid.", "Every account can keep these intervals.", "no such file or directory", "ACCOUNT     OPERATION"}
)

// sentencesInCode lists the texts in a block of code that are sentences.
func sentencesInCode(block string) (texts []string) {
	texts = inQuotes.FindAllString(block, -1)
	for _, found := range plainValue.FindAllStringSubmatch(block, -1) {
		texts = append(texts, found[1])
	}
	if figure.MatchString(block) {
		texts = append(texts, strings.Split(block, "\n")...)
	}
	return slices.DeleteFunc(texts, func(text string) bool {
		return !hasSentence(text) || slices.ContainsFunc(outputs, func(output string) bool { return strings.Contains(text, output) })
	})
}
