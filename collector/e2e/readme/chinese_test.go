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

// The Chinese README has the parts of the English one: headings of the same levels in
// the same order, the same code but for its comments, and the same links.
func TestREADMEsSayTheSame(t *testing.T) {
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
			if found[1] != readme && found[1] != readmeChinese { // each links to the other one
				targets = append(targets, found[1])
			}
		}
		slices.Sort(targets) // a sentence in Chinese may have another order
		return targets
	}
	if a, b := links(en), links(zh); !slices.Equal(a, b) {
		t.Errorf("links to\n%s\nin Chinese\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}

// Every link within a README leads to one of its own headings.
func TestREADMEAnchors(t *testing.T) {
	for _, file := range []string{readme, readmeChinese} {
		text := repository.Read(t, file)
		anchors := make(map[string]bool)
		for _, found := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(withoutCode(text), -1) {
			// This is how GitHub makes an anchor of a heading.
			anchor := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(found[1]), "")
			anchors["#"+strings.ReplaceAll(anchor, " ", "-")] = true
		}
		for _, found := range regexp.MustCompile(`\]\((#[^)]+)\)`).FindAllStringSubmatch(text, -1) {
			if !anchors[found[1]] {
				t.Errorf("%s: no heading is %s", file, found[1])
			}
		}
	}
}

// inChinese translates those cells of a table that are text, and not just names and
// numbers. It adds what it has translated to used.
func inChinese(t *testing.T, table string, used map[string]bool) string {
	t.Helper()
	inCell := regexp.MustCompile(`(?:[^|\\]|\\.)+`) // \| is no border
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
				t.Errorf("no Chinese for %q", text)
			}
			used[text] = true
			cells[i] = " " + translated + " "
		}
		b.WriteString("|" + strings.Join(cells, "|") + "|\n")
	}
	return b.String()
}

// checkNoneLeftOver finds translations of what no table says any more.
func checkNoneLeftOver(t *testing.T, used map[string]bool) {
	t.Helper()
	for text := range chinese {
		if !used[text] {
			t.Errorf("the tables do not say %q any more", text)
		}
	}
}
