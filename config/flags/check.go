package flags

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// minStateInterval prevents writing the state file without a pause.
const minStateInterval = time.Millisecond

// maxShards is more than anyone has accounts. A larger number is a mistake.
const maxShards = 10_000

// check reports errors that kingpin cannot find.
func (f Flags) check() error {
	switch {
	case f.StateInterval < minStateInterval:
		return fmt.Errorf("--persistence.interval=%v: want %v or more, such as 5m", f.StateInterval, minStateInterval)
	case f.ConfigFile == "" && !f.Demo:
		return errors.New("--config.file is empty: want the path of the configuration file")
	case f.TotalShards < 1:
		return fmt.Errorf("--total-shards=%d: want the number of exporters, 1 or more", f.TotalShards)
	case f.TotalShards > maxShards:
		return fmt.Errorf("--total-shards=%d: want at most %d, the number of exporters", f.TotalShards, maxShards)
	case f.TotalShards == 1 && f.Shard != 0:
		return fmt.Errorf("--shard=%d: want 0, because --total-shards is 1; set both flags", f.Shard)
	case f.Shard < 0 || f.Shard >= f.TotalShards:
		return fmt.Errorf("--shard=%d: want a number from 0 to %d, because --total-shards is %d", f.Shard, f.TotalShards-1, f.TotalShards)
	}
	// The state file replaces a file that it cannot read.
	for _, other := range []struct{ flag, path string }{
		{"--config.file", f.ConfigFile},
		{"--web.config.file", *f.Web.WebConfigFile},
	} {
		if sameFile(f.StateFile, other.path) {
			return fmt.Errorf("--persistence.file=%s is also the file of %s: want a file of its own", f.StateFile, other.flag)
		}
	}
	return nil
}

// sameFile reports whether both paths lead to the same existing file.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false // opening it will return the error
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// named adds the flag or the environment variable to an error about its value, because
// kingpin does not name it. Other errors already name their flag.
func named(err error, app *kingpin.Application, args []string) error {
	// sets reports whether setting the flag to the text gives the same error.
	sets := func(flag *kingpin.FlagModel, text string) bool {
		again := flag.Value.Set(text)
		return again != nil && again.Error() == err.Error()
	}
	given := make(map[string]bool)
	line, _ := app.ParseContext(args) // Parse has already returned the error
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
