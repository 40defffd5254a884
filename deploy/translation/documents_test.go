package translation_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// A Chinese document has no English line, and the headings and the code of the English one.
func TestDocuments(t *testing.T) {
	made := generate(t)
	names := chineseNames(made)
	for _, a := range documents(made) {
		en, zh := repository.Read(t, a.Source), string(made.Files[a.Output])
		zh = strings.Replace(zh, "[English]("+path.Base(a.Source)+")", "", 1)
		inCode := false
		for line := range strings.Lines(zh) {
			text := strings.TrimSpace(line)
			if strings.HasPrefix(text, "```") {
				inCode = !inCode
			}
			if inCode {
				_, text, _ = strings.Cut(" "+text, " # ") // code has comments
			}
			if translation.IsProse(text) && names.LeftInEnglish(text) {
				t.Errorf("%s: %s", a.Output, text)
			}
		}
		if a, b := structure(en), structure(zh); !slices.Equal(a, b) {
			t.Errorf("headings and code\n%s\nin Chinese\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	}
}

// Links in Chinese documents lead to files and headings that exist, and to the Chinese version
// of a document that has one.
func TestLinks(t *testing.T) {
	made := generate(t)
	chinese := map[string]translation.Artefact{} // by source
	for _, a := range made.Artefacts {
		chinese[a.Source] = a
	}
	links := 0
	for _, a := range documents(made) { // those that link to both languages are free to do so
		for _, target := range linkTargets(withoutCode(string(made.Files[a.Output]))) {
			if strings.Contains(target, "://") {
				continue
			}
			links++
			file, anchor, _ := strings.Cut(target, "#")
			leads := a.Output
			if file != "" {
				leads = path.Join(path.Dir(a.Output), file)
			}
			text, written := made.Files[leads]
			if !written {
				if _, err := os.Stat(filepath.Join(repository.Root(t), filepath.FromSlash(leads))); err != nil {
					t.Errorf("%s: link %s: %v", a.Output, target, err)
				}
			}
			of, translated := chinese[leads]
			if translated && !strings.Contains(repository.Read(t, a.Source), "zh-CN") {
				t.Errorf("%s: link %s leads to English, %s is Chinese", a.Output, target, of.Output)
			}
			if anchor != "" && written && !slices.Contains(anchorsOf(string(text)), anchor) {
				t.Errorf("%s: link %s: no heading has this anchor", a.Output, target)
			}
		}
	}
	if links < 20 {
		t.Errorf("%d links found", links)
	}
}

func documents(made *translation.Result) []translation.Artefact {
	return slices.DeleteFunc(slices.Clone(made.Artefacts), func(a translation.Artefact) bool { return path.Ext(a.Source) != ".md" })
}

var codeBlock = regexp.MustCompile("(?ms)^ *```.*?^ *```")

func withoutCode(text string) string { return codeBlock.ReplaceAllString(text, "") }

// structure is the levels of the headings of a document, and its code without comments.
func structure(text string) (parts []string) {
	for _, found := range regexp.MustCompile(`(?m)^(#+) `).FindAllStringSubmatch(withoutCode(text), -1) {
		parts = append(parts, found[1])
	}
	for _, code := range codeBlock.FindAllString(text, -1) {
		parts = append(parts, regexp.MustCompile(`(?m)\s*# .*$`).ReplaceAllString(code, ""))
	}
	return parts
}

// anchorsOf are the anchors that GitHub gives to the headings of a document, the first of a name.
func anchorsOf(text string) (anchors []string) {
	for _, found := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(withoutCode(text), -1) {
		shown := regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`).ReplaceAllString(found[1], "$1")
		name := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(shown), "")
		anchors = append(anchors, strings.ReplaceAll(name, " ", "-"))
	}
	return anchors
}
