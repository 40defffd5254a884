package statefile

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/go-kit/log/level"
)

// temporary is what stands behind the name of the state file in those of its temporary
// files, before a number.
const temporary = ".tmp-"

// create opens a new temporary file beside the state file. Its name is new: two exporters
// never write to one, and what is there already may be a link to something of value.
func (f *File) create() (*os.File, error) {
	return os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+temporary+"*")
}

// removeLeftovers removes the temporary files of exporters that were killed in the middle
// of a write. Without a lock they may be those of an exporter that runs.
func (f *File) removeLeftovers() {
	if f.lock.file == nil {
		return
	}
	dir := filepath.Dir(f.path)
	entries, _ := os.ReadDir(dir) // one that cannot be listed keeps them
	for _, e := range entries {
		number, is := strings.CutPrefix(e.Name(), filepath.Base(f.path)+temporary)
		if !is || number == "" || strings.Trim(number, "0123456789") != "" || !e.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			level.Warn(f.logger).Log("msg", "a temporary file that a crash left cannot be removed", "err", err)
		}
	}
}
