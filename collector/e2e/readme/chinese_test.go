package readme_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// codeBlock matches a fenced block of code in Markdown.
var codeBlock = regexp.MustCompile("(?s)\n```.*?\n```\n")

func withoutCode(markdown string) string { return codeBlock.ReplaceAllString(markdown, "\n") }

// Every link to a section leads to a heading of the same README.
func TestREADMELinksToItsHeadings(t *testing.T) {
	for _, file := range []string{readme, readmeChinese} {
		text := repository.Read(t, file)
		anchors := make(map[string]bool)
		for _, found := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(withoutCode(text), -1) {
			// GitHub makes anchors of headings like this.
			anchor := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(found[1]), "")
			anchors["#"+strings.ReplaceAll(anchor, " ", "-")] = true
		}
		for _, found := range regexp.MustCompile(`\]\((#[^)]+)\)`).FindAllStringSubmatch(text, -1) {
			if !anchors[found[1]] {
				t.Errorf("%s: no heading has the anchor %s", file, found[1])
			}
		}
	}
}

// inChinese translates the cells of a table that have text, and not only names and numbers.
// It adds the translated texts to used.
func inChinese(t *testing.T, table string, used map[string]bool) string {
	t.Helper()
	inCell := regexp.MustCompile(`(?:[^|\\]|\\.)+`) // \| does not end a cell
	quoted, letter := regexp.MustCompile("`[^`]*`"), regexp.MustCompile("[A-Za-z]")
	var b strings.Builder
	for line := range strings.Lines(table) {
		cells := inCell.FindAllString(strings.Trim(line, "|\n"), -1)
		for i, c := range cells {
			text := strings.TrimSpace(c)
			if !letter.MatchString(quoted.ReplaceAllString(text, "")) {
				continue
			}
			translated, known := chinese[text]
			if !known {
				t.Errorf("%q has no translation in translations_test.go", text)
			}
			used[text] = true
			cells[i] = " " + translated + " "
		}
		b.WriteString("|" + strings.Join(cells, "|") + "|\n")
	}
	return b.String()
}

// checkAllUsed reports translations of texts that are in no table.
func checkAllUsed(t *testing.T, used map[string]bool) {
	t.Helper()
	for text := range chinese {
		if !used[text] {
			t.Errorf("no table has the text %q; remove its translation", text)
		}
	}
}
