package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The Chinese README says what the English one says: same headings, same code
// but for its comments, same links.
func TestREADMEsSayTheSame(t *testing.T) {
	en, zh := read(t, "README.md"), read(t, "README.zh-CN.md")
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
		for _, block := range regexp.MustCompile("(?s)\n```.*?\n```\n").FindAllString(text, -1) {
			blocks = append(blocks, regexp.MustCompile(`(?m)\s*#.*$`).ReplaceAllString(block, ""))
		}
		return blocks
	}
	if a, b := code(en), code(zh); !slices.Equal(a, b) {
		t.Errorf("code\n%s\nin Chinese\n%s", strings.Join(a, ""), strings.Join(b, ""))
	}
	links := func(text string) (targets []string) {
		for _, found := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(text, -1) {
			if found[1] != "README.md" && found[1] != "README.zh-CN.md" {
				targets = append(targets, found[1])
			}
		}
		slices.Sort(targets) // the order of a sentence may differ
		return targets
	}
	if a, b := links(en), links(zh); !slices.Equal(a, b) {
		t.Errorf("links to\n%s\nin Chinese\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}

// Every link within a README leads to one of its headings.
func TestREADMEAnchors(t *testing.T) {
	for _, file := range []string{"README.md", "README.zh-CN.md"} {
		text := read(t, file)
		anchors := make(map[string]bool)
		for _, found := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(withoutCode(text), -1) {
			// As GitHub does it: lower case, spaces are hyphens, marks are dropped.
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

func withoutCode(text string) string {
	return regexp.MustCompile("(?s)\n```.*?\n```\n").ReplaceAllString(text, "\n")
}

// inChinese translates the cells of a table that are text.
func inChinese(t *testing.T, table string, used map[string]bool) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(table) {
		cells := regexp.MustCompile(`(?:[^|\\]|\\.)+`).FindAllString(strings.Trim(line, "|\n"), -1)
		for i, c := range cells {
			text := strings.TrimSpace(c)
			if !regexp.MustCompile("[A-Za-z]").MatchString(regexp.MustCompile("`[^`]*`").ReplaceAllString(text, "")) {
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

// Every translation is of something that the tables say.
func checkNoneLeftOver(t *testing.T, used map[string]bool) {
	t.Helper()
	for text := range chinese {
		if !used[text] {
			t.Errorf("the tables do not say %q any more", text)
		}
	}
}
