package flags

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// minStateInterval keeps the state file from being written without a pause.
const minStateInterval = time.Millisecond

// check finds what kingpin does not know to be wrong.
func (f Flags) check() error {
	switch {
	case f.StateInterval < minStateInterval:
		return fmt.Errorf("--persistence.interval=%v: want %v or more, such as 5m", f.StateInterval, minStateInterval)
	case f.ConfigFile == "" && !f.Demo:
		return errors.New("--config.file is empty: want the path of the configuration file")
	}
	// As a state file each would be taken for a damaged one, and be replaced.
	for _, other := range []struct{ flag, path string }{
		{"--config.file", f.ConfigFile},
		{"--web.config.file", *f.Web.WebConfigFile},
	} {
		if sameFile(f.StateFile, other.path) {
			return fmt.Errorf("--persistence.file=%s is the file of %s: want one of its own", f.StateFile, other.flag)
		}
	}
	return nil
}

// sameFile says whether both are there and one file, by whichever names.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false // whoever opens it tells
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// named puts before an error which flag or variable has the value that it is
// about: kingpin does not say. Errors of other kinds name their flag.
func named(err error, app *kingpin.Application, args []string) error {
	// sets says whether err comes from setting the flag to the text.
	sets := func(flag *kingpin.FlagModel, text string) bool {
		again := flag.Value.Set(text)
		return again != nil && again.Error() == err.Error()
	}
	given := make(map[string]bool)
	line, _ := app.ParseContext(args) // Parse has told what is wrong here
	for _, element := range line.Elements {
		clause, ok := element.Clause.(*kingpin.FlagClause)
		if !ok {
			continue
		}
		flag := clause.Model()
		given[flag.Name] = true
		if sets(flag, *element.Value) {
			return fmt.Errorf("--%s=%s: %w", flag.Name, *element.Value, err)
		}
	}
	for _, flag := range app.Model().Flags {
		if text := os.Getenv(flag.Envar); text != "" && !given[flag.Name] && sets(flag, text) {
			return fmt.Errorf("%s=%s: %w", flag.Envar, text, err)
		}
	}
	return err
}
