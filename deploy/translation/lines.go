package translation

import "strings"

// Lines translates what a chart says after its installation: each line is a text with its
// template actions, unless it is indented, which makes it a command or an address.
func Lines(source []byte, translate func(string) string) []byte {
	lines := strings.Split(string(source), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, " ") && IsProse(line) {
			lines[i] = translate(line)
		}
	}
	return []byte(strings.Join(lines, "\n"))
}
