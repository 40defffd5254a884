package repository

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/flock"
)

// Program is the path of the program, built from the sources as they are now. It has the
// race detector if the test has it.
//
// All test processes of a repository share one file in the user's cache, so that the
// program is linked once for a whole run of go test. Whether the file is up to date is
// for go build to decide: it compares the build ID, which covers every source, flag and
// dependency. A second call costs a fifth of a second, and further ones of the same
// process nothing. Any goroutine may call it.
func Program(tb testing.TB) string {
	tb.Helper()
	root := Root(tb)
	if err := openSources(root); err != nil {
		tb.Fatal(err)
	}
	path, err := build(tb.Context(), root)
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// openSources makes go test see that the result of this test depends on all sources.
// Otherwise it would repeat the result of an older program. It notices which files and
// folders of the module a test opens.
func openSources(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != root && (entry.Name()[0] == '.' || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		return err
	})
}

var (
	building sync.Mutex // guards built
	built    string     // path of the program; "" before the first build
)

func build(ctx context.Context, root string) (path string, err error) {
	building.Lock()
	defer building.Unlock()
	if built != "" {
		return built, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	// Each working copy has a folder of its own: two of them would keep replacing each other's file.
	folder := filepath.Join(cache, "aliyun_iot_ota_exporter-test", fmt.Sprintf("%x", sha256.Sum256([]byte(root)))[:16])
	args := []string{"build", "-buildvcs=false"} // or every commit would make another program
	name := "aliyun_iot_ota_exporter"
	if UnderRace() {
		args = append(args, "-race")
		name += "-race"
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path = filepath.Join(folder, name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	lock := flock.New(path + ".lock") // go build does not expect another one with the same output
	if err := lock.Lock(); err != nil {
		return "", fmt.Errorf("lock %s: %w", lock.Path(), err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	command := exec.CommandContext(ctx, "go", append(args, "-o", path, ".")...)
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	built = path
	return path, nil
}

// UnderRace says whether the test was built with the race detector.
func UnderRace() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
