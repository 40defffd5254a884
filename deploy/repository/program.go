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

// Program returns the path of the program, built from the current sources. It has the race
// detector if the test has it. Any goroutine may call it.
//
// All test processes share one file in the user's cache directory, so that the program is
// linked once for a run of go test. The first call of each process runs go build, which
// decides whether the file is up to date: its build ID covers all sources, dependencies
// and flags. If it is, go build takes a fifth of a second.
func Program(tb testing.TB) string {
	tb.Helper()
	building.Lock()
	defer building.Unlock()
	if built == "" {
		root := Root(tb)
		if err := openSources(root); err != nil {
			tb.Fatal(err)
		}
		path, err := build(tb.Context(), root)
		if err != nil {
			tb.Fatal(err)
		}
		built = path
	}
	return built
}

// openSources opens all folders with sources. go test reuses a test result as long as the
// files and folders that the test opened have not changed. It does not see what go build
// opens, so without this it would report results of an older program.
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

// build makes the program of a module and returns its path.
func build(ctx context.Context, root string) (path string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	// Each working copy has its own folder. Otherwise two of them would replace each other's file.
	folder := filepath.Join(cache, "aliyun_iot_ota_exporter-test", fmt.Sprintf("%x", sha256.Sum256([]byte(root)))[:16])
	args := []string{"build", "-buildvcs=false"} // a new commit alone makes no new program
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
	lock := flock.New(path + ".lock") // two go builds with the same output are not safe
	if err := lock.Lock(); err != nil {
		return "", fmt.Errorf("lock %s: %w", lock.Path(), err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	command := exec.CommandContext(ctx, "go", append(args, "-o", path, ".")...)
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return path, nil
}

// UnderRace reports whether the test was built with the race detector.
func UnderRace() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// Tool returns the path of another program that a test runs. Without the program the test is
// skipped, except in CI, where .ci/run installs all of them.
func Tool(tb testing.TB, name string) string {
	tb.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err != nil && os.Getenv("CI") == "true":
		tb.Fatalf("CI must have %s: %v", name, err)
	case err != nil:
		tb.Skipf("skipped without %s, which .ci/run installs: %v", name, err)
	}
	return path
}
