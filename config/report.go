package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// report gathers what the passes have to say about one file. Its texts name keys and
// never quote values: any value may be a secret in the wrong place.
type report struct {
	dir       string         // where relative file names start; "" is the working directory
	elsewhere bool           // the exporter may run on another machine, which has the secret files
	lines     map[string]int // line of each path that the file gives, from 1; a null counts as not given
	broken    []string       // paths that could not be decoded, so that later passes do not complain of what is missing there
	problems  problems
	warnings  problems
}

// problem is one remark on one place.
type problem struct {
	line int // 0 where it is not known
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

// problems is the error of a bad file, one problem a line.
type problems []problem

func (ps problems) Error() string { return strings.Join(ps.strings(), "\n") }

func (ps problems) strings() []string {
	var all []string
	for _, p := range ps {
		all = append(all, p.String())
	}
	return all
}

// sort brings the problems into the order of the file.
func (ps problems) sort() {
	slices.SortStableFunc(ps, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
}

// given says whether the file has a value at the path, be it a zero.
func (r *report) given(path string) bool { return r.lines[path] > 0 }

// undecodable adds a problem of the decode pass.
func (r *report) undecodable(line int, path, format string, args ...any) {
	r.broken = append(r.broken, path)
	r.problems = append(r.problems, problem{line, path, fmt.Sprintf(format, args...)})
}

// undecoded says whether something at, above or below the path could not be decoded.
func (r *report) undecoded(path string) bool {
	return slices.ContainsFunc(r.broken, func(b string) bool { return within(b, path) || within(path, b) })
}

// wrong adds a problem of the validate pass, unless it only follows from one of the
// decode pass.
func (r *report) wrong(path, format string, args ...any) {
	if !r.undecoded(path) {
		r.problems = append(r.problems, problem{r.line(path), path, fmt.Sprintf(format, args...)})
	}
}

// wronged says whether there is a problem at the path itself.
func (r *report) wronged(path string) bool {
	return slices.ContainsFunc(r.problems, func(p problem) bool { return p.path == path })
}

// warn adds a remark that does not make the file bad.
func (r *report) warn(path, format string, args ...any) {
	r.warnings = append(r.warnings, problem{r.line(path), path, fmt.Sprintf(format, args...)})
}

// line is where the path is in the file or, for what the file leaves out, where its
// nearest parent is.
func (r *report) line(path string) int {
	for path != "" && !r.given(path) {
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return r.lines[path]
}

// unique adds a problem if the value was seen before; seen holds the path of each, and
// format has a %s for the first one.
func (r *report) unique(seen map[string]string, value, path, format string) {
	if first, ok := seen[value]; ok {
		r.wrong(path, format, r.place(first))
		return
	}
	seen[value] = path
}

// place names a path for the text of a problem at another one.
func (r *report) place(path string) string {
	if line := r.line(path); line > 0 {
		return fmt.Sprintf("%s (line %d)", path, line)
	}
	return path
}

// within says whether a path is parent or lies below it.
func within(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || parent == "" || rest[0] == '.' || rest[0] == '[')
}

// join appends a key to a path; the root's path is "".
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
