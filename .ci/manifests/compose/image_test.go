package compose_test

import (
	"encoding/json"
	"go/version"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// dockerfile is what other files rely on in deploy/Dockerfile.
type dockerfile struct{ golang, base, user, port, workdir, state string }

// image demands that each of these is in the Dockerfile once.
func image(t *testing.T) dockerfile {
	t.Helper()
	text := read(t, "deploy/Dockerfile")
	one := func(pattern string) string {
		t.Helper()
		found := regexp.MustCompile("(?m)^"+pattern+"$").FindAllStringSubmatch(text, -1)
		if len(found) != 1 {
			t.Fatalf("deploy/Dockerfile has %d lines like %s, want one", len(found), pattern)
		}
		return found[0][1]
	}
	return dockerfile{
		golang:  one(`ARG GOLANG=golang:(\S+)@sha256:[0-9a-f]{64}`),
		base:    one(`ARG BASE=(\S+)@sha256:[0-9a-f]{64}`),
		user:    one(`USER (\S+)`),
		port:    one(`EXPOSE (\d+)`),
		workdir: one(`WORKDIR (/etc/\S+)`),
		state:   one(`COPY --from=build --chown=65532:65532 \S+ (/var/lib/\S+)/`),
	}
}

// The image runs without root, on the port of the program, and is built by a Go that go.mod
// allows.
func TestImage(t *testing.T) {
	is := image(t)
	if is.user != "65532:65532" {
		t.Errorf("the user is %s, want 65532:65532, whom the state belongs to", is.user)
	}
	if want := strings.TrimPrefix(defaults(t)["--web.listen-address"], ":"); is.port != want {
		t.Errorf("port %s, want %s", is.port, want)
	}
	if !regexp.MustCompile(`^\S+:nonroot$`).MatchString(is.base) {
		t.Errorf("the base is %s, want one without root", is.base)
	}
	// The Go of the image is at least the one that go.mod asks for.
	needs := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(read(t, "go.mod"))[1]
	has, _, _ := strings.Cut(is.golang, "-")
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(has) || version.Compare("go"+has, "go"+needs) < 0 {
		t.Errorf("the program is built by Go %s, want a whole version from %s on", has, needs)
	}
}

// The image is built from the files of the program and its licenses and no others, so that a change to
// another file does not cause a new build, and no other file can get into the image.
func TestDockerignore(t *testing.T) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(read(t, ".dockerignore")))
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	want := append(sources(t), "go.mod", "go.sum", "Makefile", "LICENSE")
	// got are the files that the build would see.
	var got []string
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == root {
			return err
		}
		file = filepath.ToSlash(strings.TrimPrefix(file, root+string(filepath.Separator)))
		if d.IsDir() {
			if file == ".git" {
				return fs.SkipDir
			}
			return nil
		}
		skip, err := ignored.MatchesOrParentMatches(file)
		if err == nil && !skip {
			got = append(got, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(got)
	for _, file := range want {
		if !slices.Contains(got, file) {
			t.Errorf("%s is kept out of the image's build, which needs it", file)
		}
	}
	for _, file := range got {
		if !slices.Contains(want, file) {
			t.Errorf("%s is let into the image's build, which does not need it", file)
		}
	}
}

// sources are the files of the exporter's module that the program is compiled from, and the one
// that writes the licenses of its modules.
func sources(t *testing.T) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=Dir,Standard,Module,GoFiles,IgnoredGoFiles,EmbedFiles", ".", "./deploy/release")
	list.Dir = root
	list.Stderr = os.Stderr
	list.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var files []string
	for packages := json.NewDecoder(strings.NewReader(string(out))); packages.More(); {
		var p struct {
			Dir                                 string
			Module                              *struct{ Main bool }
			GoFiles, IgnoredGoFiles, EmbedFiles []string
		}
		if err := packages.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, name := range slices.Concat(p.GoFiles, p.IgnoredGoFiles, p.EmbedFiles) {
			files = append(files, relative(t, filepath.Join(p.Dir, name)))
		}
	}
	return files
}
