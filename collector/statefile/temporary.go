package statefile

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/go-kit/log/level"
)

// temporary is the part of the name of a temporary file between the name of the state file and
// a number.
const temporary = ".tmp-"

// create creates a temporary file beside the state file. The file is always new: no other
// exporter writes to it, and it is not a link to another file.
func (f *File) create() (*os.File, error) {
	return os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+temporary+"*")
}

// removeLeftovers removes the temporary files of exporters that were killed during a write. It
// needs the lock, else another exporter may still be writing them.
func (f *File) removeLeftovers() {
	if f.lock.file == nil {
		return
	}
	dir := filepath.Dir(f.path)
	entries, _ := os.ReadDir(dir) // without permission to list it, they remain
	for _, e := range entries {
		number, is := strings.CutPrefix(e.Name(), filepath.Base(f.path)+temporary)
		if !is || number == "" || strings.Trim(number, "0123456789") != "" || !e.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			level.Warn(f.logger).Log("msg", "a temporary file of an earlier run cannot be removed", "err", err)
		}
	}
}
