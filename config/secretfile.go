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

// maxSecretFile bounds what is read of a secret file, in bytes. An STS token is about 1
// KiB.
const maxSecretFile = 64 << 10

// resolve makes relative names of secret files start at dir, as Prometheus does, so that
// the working directory does not matter.
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

// checkSecretFile says why no secret can be had from a file whose name starts at dir,
// "" if one can. absent says that there is no such file, or none that can be seen.
func checkSecretFile(dir, name string) (reason string, absent bool) {
	// People paste the secret itself where its file's name belongs. Only what starts
	// like a path is printed.
	shown, cure := "the file that it names", "a relative name starts at the directory of the configuration file"
	if filepath.IsAbs(name) || strings.HasPrefix(name, ".") {
		shown = name
	}
	if filepath.IsAbs(name) {
		cure = "name a file that the user of the exporter can read"
	}
	text, err := readSecret(locate(dir, name))
	secret := string(bytes.TrimSpace(text)) // as it is used
	switch {
	case err != nil:
		absent = errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR)
		// os errors repeat the name: only the cause goes on.
		if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
			err = pathErr.Err
		}
		return fmt.Sprintf("read %s: %v; %s", shown, err, cure), absent
	case len(text) > maxSecretFile:
		return fmt.Sprintf("read %s: larger than %d KiB, so not a secret; name the right file", shown, maxSecretFile>>10), false
	case secret == "":
		return fmt.Sprintf("read %s: empty; write the secret into it", shown), false
	case maskedKey(secret):
		return fmt.Sprintf("read %s: a part of it is masked; write the whole secret into it", shown), false
	case slices.ContainsFunc(byteOrderMarks, func(mark string) bool { return strings.HasPrefix(secret, mark) }):
		return fmt.Sprintf("read %s: starts with a byte order mark; save it as plain text, which is UTF-8 without one", shown), false
	case strings.ContainsAny(secret, "\r\n"):
		return fmt.Sprintf("read %s: more than one line; write nothing but the secret into it", shown), false
	case strings.ContainsFunc(secret, notInKeys):
		return fmt.Sprintf("read %s: has a space or another character that no key has; write nothing but the secret into it", shown), false
	}
	return "", false
}

// byteOrderMarks are those of UTF-8 and UTF-16, which Windows puts where nobody sees
// them.
var byteOrderMarks = []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"}

// notInKeys says whether a character is in no key and in no token. Calls signed with it
// would be refused as if the secret were another one's.
func notInKeys(c rune) bool { return c <= ' ' || c > '~' }

// readSecret reads at most one byte more than maxSecretFile. It does not wait for the
// writer of a pipe, which could not be read again either.
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
