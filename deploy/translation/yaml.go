package translation

import (
	"regexp"
	"strings"
)

var (
	// note is a comment behind a key, or behind a key that is commented out itself.
	note = regexp.MustCompile(`^(.*\S[ \t]+# )(\S.*)$`)
	// paragraph is a line that is a comment and nothing else. More spaces before the text mark
	// a command.
	paragraph = regexp.MustCompile(`^([ \t]*# )(\S.*)$`)
	// commentedOut is a key or an item that is not in force, or a line for an editor.
	commentedOut = regexp.MustCompile(`^(?:- )?[a-z_-]+:(?: |$)|^- \S+(?:\s+# .*)?$`)
	// setting is an item, or a key with its value, that may be commented out, and a comment behind
	// it; or an indented comment, which is a command.
	setting = regexp.MustCompile(`^([ \t]*(?:# {2,}|# )?)(\S.*?)((?:\s+# .*)?)$`)
)

// YAML translates the comments of a file that people read or copy. Keys stay, also those that
// are commented out. Lines that follow each other are one text, and one line in Chinese. A command
// in a comment, an item or a key with its value is replaced if all of it has a pair: known returns
// the Chinese text, or "" if there is none.
func YAML(source []byte, translate, known func(string) string) []byte {
	var out, pending []string
	indent := ""
	flush := func() {
		if len(pending) > 0 {
			out = append(out, indent+translate(strings.Join(pending, " ")))
			pending = nil
		}
	}
	for line := range strings.SplitSeq(string(source), "\n") {
		if p := paragraph.FindStringSubmatch(line); p != nil && !commentedOut.MatchString(p[2]) {
			if p[1] != indent {
				flush()
			}
			indent, pending = p[1], append(pending, p[2])
			continue
		}
		flush()
		if n := note.FindStringSubmatch(line); n != nil {
			line = n[1] + translate(n[2])
		}
		out = append(out, line)
	}
	flush()
	return []byte(settings(strings.Join(out, "\n"), known))
}

// settings replaces the lines of a file, or of code in a document, that have a pair.
func settings(text string, known func(string) string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if s := setting.FindStringSubmatch(line); s != nil {
			if zh := known(s[2]); zh != "" {
				lines[i] = s[1] + zh + s[3]
			}
		}
	}
	return strings.Join(lines, "\n")
}
