package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
)

// maxSecretFile is the maximum size of a secret file in bytes. An STS token is about 1 KiB
// long.
const maxSecretFile = 64 << 10

// resolve makes relative paths of secret files start at dir, as Prometheus does, so that
// the working directory has no influence.
func (c *Credentials) resolve(dir string) {
	for field, value := range reflect.ValueOf(c).Elem().Fields() {
		if field.Tag.Get("check") == "file" && value.String() != "" {
			value.SetString(locate(dir, value.String()))
		}
	}
}

func locate(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// checkSecretFile returns why a secret file, whose path is relative to dir, cannot be used,
// "" if it can. absent means that the file does not exist on this machine or that its
// permissions hide it.
func checkSecretFile(dir, name string) (reason string, absent bool) {
	// Users may paste the secret itself instead of the path of its file. So the message
	// quotes only what looks like a path.
	place, cure := "the given file", "relative paths start at the directory of the configuration file"
	if filepath.IsAbs(name) || strings.HasPrefix(name, ".") {
		place = name
	}
	if filepath.IsAbs(name) {
		cure = "give the path of a file that the exporter's user can read"
	}
	text, err := readSecret(locate(dir, name))
	secret := string(bytes.TrimSpace(text)) // as the client uses it
	switch {
	case err != nil:
		absent = errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR)
		// The errors of package os repeat the path.
		if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
			err = pathErr.Err
		}
		return fmt.Sprintf("read %s: %v; %s", place, err, cure), absent
	case len(text) > maxSecretFile:
		return fmt.Sprintf("read %s: larger than %d KiB, so not a secret; give the path of the right file", place, maxSecretFile>>10), false
	case secret == "":
		return fmt.Sprintf("read %s: the file is empty; write the secret into it", place), false
	case placeholder(secret):
		return fmt.Sprintf("read %s: the file contains a placeholder, which nothing replaces; write the secret itself into it", place), false
	case maskedKey(secret):
		return fmt.Sprintf("read %s: part of the secret is masked; write the whole secret into the file", place), false
	case slices.ContainsFunc(byteOrderMarks, func(mark string) bool { return strings.HasPrefix(secret, mark) }):
		return fmt.Sprintf("read %s: the file starts with a byte order mark; save it as UTF-8 without one", place), false
	case strings.ContainsAny(secret, "\r\n"):
		return fmt.Sprintf("read %s: more than one line; write nothing but the secret into the file", place), false
	case inQuotes(secret):
		return fmt.Sprintf("read %s: the secret is in quotes; write it into the file without them", place), false
	case strings.ContainsFunc(secret, notInKeys):
		return fmt.Sprintf("read %s: the file contains a space or another character that is never part of a key; write nothing but the secret into it", place), false
	}
	return "", false
}

// byteOrderMarks are those of UTF-8 and UTF-16. Editors on Windows write them, and do not
// show them.
var byteOrderMarks = []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"}

// notInKeys reports whether a character is never part of a key or a token. The API would
// reject the signature without saying why.
func notInKeys(c rune) bool { return c <= ' ' || c > '~' }

// inQuotes reports whether a key has quotes around it, which are part of it in a file with only the
// key, and in quotes of YAML.
func inQuotes(key string) bool {
	return len(key) > 1 && (key[0] == '"' || key[0] == '\'') && key[len(key)-1] == key[0]
}

// readSecret reads a file, but not more than maxSecretFile and one byte. It refuses a pipe:
// reading would block, and the client could not read the same secret again.
func readSecret(name string) ([]byte, error) {
	switch info, err := os.Stat(name); {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() && !info.IsDir():
		return nil, errors.New("not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxSecretFile+1))
}
