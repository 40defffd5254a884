package credentials

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// readFiles returns the Config with the contents of its secret files. It reads them at
// each refresh and compares contents, not file times: Kubernetes swaps a symlink when a
// secret changes.
func (cfg Config) readFiles() (Config, error) {
	for _, f := range []struct {
		path  string
		value *string
	}{
		{cfg.AccessKeySecretFile, &cfg.AccessKeySecret},
		{cfg.SecurityTokenFile, &cfg.SecurityToken},
	} {
		if f.path == "" {
			continue
		}
		content, err := readSecretFile(f.path)
		if err != nil {
			return cfg, err
		}
		content = bytes.TrimSpace(content)
		if len(content) == 0 {
			return cfg, fmt.Errorf("read %s: the file is empty", f.path)
		}
		// With an error, the last good keys are used for a while. Wrong keys would only
		// be refused.
		if bytes.ContainsFunc(content, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return cfg, fmt.Errorf("read %s: the file has more than one line, or a character that no key has", f.path)
		}
		*f.value = string(content)
	}
	return cfg, checkSecretFile(cfg.OIDCTokenFile)
}

// maxSecretFile is more than the size of any key or token, in bytes.
const maxSecretFile = 64 << 10

// checkSecretFile refuses a file whose read may never end or may fill the memory. It
// accepts a missing file: reading it gives the error.
func checkSecretFile(path string) error {
	switch info, _ := os.Stat(path); {
	case info == nil, info.IsDir():
		return nil
	case !info.Mode().IsRegular():
		return fmt.Errorf("read %s: not a regular file", path)
	case info.Size() > maxSecretFile:
		return fmt.Errorf("read %s: larger than %d KiB, which is too large for a secret", path, maxSecretFile>>10)
	}
	return nil
}

func readSecretFile(path string) ([]byte, error) {
	if err := checkSecretFile(path); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxSecretFile))
}
