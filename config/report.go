package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// report collects the problems and warnings of one file from all passes. Their texts name
// keys and never quote values, because any value may be a misplaced secret.
type report struct {
	dir       string         // directory at which relative paths start; "": the working directory
	elsewhere bool           // the exporter, and its secret files, may be on another machine
	lines     map[string]int // line of each path that the file gives, from 1; null counts as not given
	broken    []string       // paths that could not be decoded; later passes report nothing there
	problems  problems
	warnings  problems
}

// problem is one message about one place.
type problem struct {
	line int // 0: unknown
	path string
	text string
}

func (p problem) String() string {
	var b strings.Builder
	if p.line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.line)
	}
	if p.path != "" {
		b.WriteString(p.path + ": ")
	}
	b.WriteString(p.text)
	return b.String()
}

// problems is the error for an invalid file, with one problem a line.
type problems []problem

func (ps problems) Error() string { return strings.Join(ps.strings(), "\n") }

func (ps problems) strings() []string {
	var all []string
	for _, p := range ps {
		all = append(all, p.String())
	}
	return all
}

// sort orders the problems by line.
func (ps problems) sort() {
	slices.SortStableFunc(ps, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
}

// given reports whether the file has a value at the path. Zero is a value, null is not.
func (r *report) given(path string) bool { return r.lines[path] > 0 }

// undecodable adds a problem of the decode pass.
func (r *report) undecodable(line int, path, format string, args ...any) {
	r.broken = append(r.broken, path)
	r.problems = append(r.problems, problem{line, path, fmt.Sprintf(format, args...)})
}

// undecoded reports whether the path, a parent of it or something below it could not be
// decoded.
func (r *report) undecoded(path string) bool {
	return slices.ContainsFunc(r.broken, func(b string) bool { return within(b, path) || within(path, b) })
}

// wrong adds a problem of the validate pass, unless the decode pass reported one there.
func (r *report) wrong(path, format string, args ...any) {
	if !r.undecoded(path) {
		r.problems = append(r.problems, problem{r.line(path), path, fmt.Sprintf(format, args...)})
	}
}

// invalid reports whether there is a problem at the path itself.
func (r *report) invalid(path string) bool {
	return slices.ContainsFunc(r.problems, func(p problem) bool { return p.path == path })
}

// warn adds a warning, which does not make the file invalid.
func (r *report) warn(path, format string, args ...any) {
	r.warnings = append(r.warnings, problem{r.line(path), path, fmt.Sprintf(format, args...)})
}

// line returns the line of the path. If the file does not give it, line returns the line of
// the nearest parent that it gives.
func (r *report) line(path string) int {
	for path != "" && !r.given(path) {
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return r.lines[path]
}

// unique adds a problem if seen has the value already. seen holds the path of each value,
// and format has a %s for the first path.
func (r *report) unique(seen map[string]string, value, path, format string) {
	if first, ok := seen[value]; ok {
		r.wrong(path, format, r.place(first))
		return
	}
	seen[value] = path
}

// place names a path in the text of a problem at another path.
func (r *report) place(path string) string {
	if line := r.line(path); line > 0 {
		return fmt.Sprintf("%s (line %d)", path, line)
	}
	return path
}

// within reports whether a path is parent or below it.
func within(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || parent == "" || rest[0] == '.' || rest[0] == '[')
}

// join appends a key to a path. The path of the root is "".
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
