package config

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Load reads the file at the path. Relative names of secret files in it start at its
// directory. The error of a bad file has a line for each thing that is wrong.
func Load(path string) (*Config, error) { return load(path, false) }

// Check is Load on the machine where the file is written, which need not be the one
// where the exporter runs: a secret file that is not here is a warning.
func Check(path string) (*Config, error) { return load(path, true) }

func load(path string, elsewhere bool) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load config: %w", err)
	}
	c, err := parse(text, &report{dir: filepath.Dir(path), elsewhere: elsewhere})
	if err != nil {
		separator := " " // one problem is one line
		if strings.Contains(err.Error(), "\n") {
			separator = "\n"
		}
		return nil, fmt.Errorf("load %s:%s%w", path, separator, err)
	}
	return c, nil
}

// Parse reads a file's text. Relative names of secret files in it start at the working
// directory. The error of a bad file has a line for each thing that is wrong.
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
			return nil, fmt.Errorf("more than %d values; write fewer aliases", maxValues)
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
