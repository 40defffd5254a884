package translation

import (
	"regexp"
	"strings"
)

var (
	// note is a comment behind a key, or behind a key that is commented out itself.
	note = regexp.MustCompile(`^(.*\S[ \t]+# )(\S.*)$`)
	// paragraph is a line that is a comment and nothing else.
	paragraph = regexp.MustCompile(`^([ \t]*# )(\S.*)$`)
	// commentedOut is a key that is not in force, or a line for an editor.
	commentedOut = regexp.MustCompile(`^(?:- )?[a-z_-]+:(?: |$)`)
)

// Comments translates the comments of an example configuration. Keys stay, also those that are
// commented out. Lines that follow each other are one text, and one line in Chinese.
func Comments(source []byte, translate func(string) string) []byte {
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
	return []byte(strings.Join(out, "\n"))
}
