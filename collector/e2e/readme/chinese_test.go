package readme_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// codeBlock matches a fenced block of code in Markdown.
var codeBlock = regexp.MustCompile("(?s)\n```.*?\n```\n")

func withoutCode(markdown string) string { return codeBlock.ReplaceAllString(markdown, "\n") }

// Both READMEs have the same structure: headings of the same levels in the same order, the
// same code apart from comments, and the same links.
func TestREADMEsHaveTheSameStructure(t *testing.T) {
	en, zh := repository.Read(t, readme), repository.Read(t, readmeChinese)
	headings := func(text string) (levels []string) {
		for _, found := range regexp.MustCompile(`(?m)^(#+) `).FindAllStringSubmatch(withoutCode(text), -1) {
			levels = append(levels, found[1])
		}
		return levels
	}
	if a, b := headings(en), headings(zh); !slices.Equal(a, b) {
		t.Errorf("headings %v, in Chinese %v", a, b)
	}
	code := func(text string) (blocks []string) {
		for _, block := range codeBlock.FindAllString(text, -1) {
			blocks = append(blocks, regexp.MustCompile(`(?m)\s*#.*$`).ReplaceAllString(block, ""))
		}
		return blocks
	}
	if a, b := code(en), code(zh); !slices.Equal(a, b) {
		t.Errorf("code\n%s\nin Chinese\n%s", strings.Join(a, ""), strings.Join(b, ""))
	}
	links := func(text string) (targets []string) {
		for _, found := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(text, -1) {
			if found[1] != readme && found[1] != readmeChinese { // each README links to the other one
				targets = append(targets, found[1])
			}
		}
		slices.Sort(targets) // the order may differ within a sentence
		return targets
	}
	if a, b := links(en), links(zh); !slices.Equal(a, b) {
		t.Errorf("links to\n%s\nin Chinese\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}

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
