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
	// command is a comment that is indented.
	command = regexp.MustCompile(`^([ \t]*# {2,})(\S.*)$`)
	// scalar is a line with a value.
	scalar = regexp.MustCompile(`^(\s*(?:- )?(?:[\w.-]+: )?)(\S.*?)((?:\s+# .*)?)$`)
)

// YAML translates the comments of a file that people read or copy. Keys stay, also those that
// are commented out. Lines that follow each other are one text, and one line in Chinese. A value,
// and a command in a comment, is replaced if it has a pair: known returns the Chinese text, or ""
// if there is none.
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
		for _, kind := range []*regexp.Regexp{command, scalar} {
			if parts := kind.FindStringSubmatch(line); parts != nil {
				if zh := known(parts[2]); zh != "" {
					line = parts[1] + zh + strings.Join(parts[3:], "")
				}
			}
		}
		out = append(out, line)
	}
	flush()
	return []byte(strings.Join(out, "\n"))
}
