package config

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"
)

// Load reads the file at the path. Relative paths of secret files start at its directory.
// The error for an invalid file has one line for each problem. The error for a file that
// cannot be read wraps that of package os.
func Load(path string) (*Config, error) { return load(path, false) }

// Check is like Load, but a missing secret file is only a warning: the file may be checked
// on another machine than the one where the exporter runs.
func Check(path string) (*Config, error) { return load(path, true) }

func load(path string, elsewhere bool) (*Config, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("load config: %w", err)
	}
	c, err := parse(text, &report{dir: filepath.Dir(path), elsewhere: elsewhere})
	if err != nil {
		separator := " " // a single problem stays on the same line
		if strings.Contains(err.Error(), "\n") {
			separator = "\n"
		}
		return nil, fmt.Errorf("load %s:%s%w", path, separator, err)
	}
	return c, nil
}

// Parse reads the text of a file. Relative paths of secret files start at the working
// directory. The error for an invalid text has one line for each problem.
func Parse(r io.Reader) (*Config, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read config: %w", err)
	}
	return parse(text, &report{})
}

func parse(text []byte, r *report) (*Config, error) {
	r.lines = map[string]int{}
	root, err := readDocument(bytes.NewReader(text))
	if err != nil {
		return nil, syntaxError(text, err)
	}
	c := &Config{}
	d := &decoder{report: r}
	if root != nil {
		d.decode("", root, reflect.ValueOf(c).Elem())
		if d.values > maxValues {
			return nil, fmt.Errorf("more than %d values; use fewer aliases", maxValues)
		}
	}
	d.setDefaults("", reflect.ValueOf(c).Elem())
	c.validate(r)
	if len(r.problems) > 0 {
		r.problems.sort()
		return nil, r.problems
	}
	for i := range c.Accounts {
		c.Accounts[i].Credentials.resolve(r.dir)
	}
	r.warnings.sort()
	c.Warnings, c.Lines = r.warnings.strings(), r.lines
	return c, nil
}
