package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxFile is the maximum size of a configuration file in bytes. One with 100,000 jobs has 4 MiB.
// A device such as /dev/zero has no end.
const maxFile = 32 << 20

// readFile reads a configuration file. The error wraps that of package os and names the cure. The
// file may be a pipe.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("%w; let the exporter's user read the file, and enter its folder", err)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case errors.Is(err, syscall.EISDIR):
		return nil, fmt.Errorf("%w; want the path of the file in it. Docker makes a folder if the file to mount does not exist", err)
	case len(text) > maxFile:
		return nil, fmt.Errorf("%s is larger than %d MiB, so it is not a configuration; want the path of a YAML file", path, maxFile>>20)
	}
	return text, err
}
