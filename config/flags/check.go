package flags

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"time"
)

// minStateInterval prevents writing the state file without a pause.
const minStateInterval = time.Millisecond

// maxShards is more than anyone has accounts. A larger number is a mistake.
const maxShards = 10_000

// check reports errors that are about more than the syntax of one value.
func (f Flags) check() error {
	shard := f.PlaceOf("shard", strconv.Itoa(int(f.Shard)))
	total := f.PlaceOf("total-shards", strconv.Itoa(int(f.TotalShards)))
	switch {
	case f.StateInterval < minStateInterval:
		return fmt.Errorf("%s: want %v or more, such as 5m", f.PlaceOf("persistence.interval", f.StateInterval.String()), minStateInterval)
	case f.ConfigFile == "" && !f.Demo:
		return fmt.Errorf("%s is empty: want the path of the configuration file", f.Place("config.file"))
	case f.TotalShards < 1:
		return fmt.Errorf("%s: want the number of exporters, 1 or more", total)
	case f.TotalShards > maxShards:
		return fmt.Errorf("%s: want at most %d, the number of exporters", total, maxShards)
	case f.TotalShards == 1 && f.Shard != 0:
		return fmt.Errorf("%s: want 0, because %s; set both flags", shard, total)
	case f.Shard < 0 || f.Shard >= f.TotalShards:
		return fmt.Errorf("%s: want a number from 0 to %d, because %s", shard, f.TotalShards-1, total)
	}
	return cmp.Or(f.contradictions(), f.checkStateFile())
}

// checkStateFile returns an error if the state file is also one of the files that the program
// reads, because it would replace what it cannot read.
func (f Flags) checkStateFile() error {
	for _, other := range []struct{ flag, path string }{
		{"config.file", f.ConfigFile},
		{"web.config.file", *f.Web.WebConfigFile},
	} {
		if sameFile(f.StateFile, other.path) {
			return fmt.Errorf("%s is also the file of %s: want a file of its own", f.PlaceOf("persistence.file", f.StateFile), f.Place(other.flag))
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
