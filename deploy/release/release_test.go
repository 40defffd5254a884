package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Whoever unpacks an archive can follow every link of its documents: to a file beside them, or
// to the tag of the version.
func TestLinksOfTheArchive(t *testing.T) {
	t.Chdir(repository.Root(t))
	files, err := documents(t.Context(), "9.8.7")
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for name := range files {
		add(names, name)
	}
	inside, outside := 0, 0
	for name, f := range files {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, found := range target.FindAllSubmatch(fences.ReplaceAll(f.content, nil), -1) {
			link, _, _ := strings.Cut(string(found[2]), "#")
			if file, toTag := strings.CutPrefix(link, site+"blob/v9.8.7/"); toTag {
				outside++
				if _, err := os.Stat(file); err != nil {
					t.Errorf("%s links to %s: %v", name, link, err)
				}
				continue
			}
			if link == "" || strings.Contains(link, "://") {
				continue
			}
			inside++
			if !names[path.Join(path.Dir(name), link)] {
				t.Errorf("%s links to %s, which is not in the archive", name, link)
			}
		}
	}
	if inside < 200 || outside < 10 {
		t.Errorf("%d links to files of the archive, %d to the tag", inside, outside)
	}
}

// The archive has what its documents tell users to copy, and nothing that only developers need.
func TestFilesOfTheArchive(t *testing.T) {
	t.Chdir(repository.Root(t))
	files, err := documents(t.Context(), "9.8.7")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md", "deploy/config.example.yml", "deploy/config.schema.json",
		"deploy/prometheus/demo.yml", "deploy/prometheus/alerts.rules.yml", "deploy/runbooks/OTAJobStuck.md",
		"deploy/systemd/aliyun_iot_ota_exporter.service", "dashboards/ota-fleet.json",
	} {
		if len(files[name].content) == 0 {
			t.Errorf("%s is missing", name)
		}
	}
	for name := range files {
		if slices.Contains([]string{".go", ".mod", ".sum"}, path.Ext(name)) || strings.Contains(name, "testdata") {
			t.Errorf("%s is in the archive", name)
		}
	}
}

// Every module of a program comes with its license, and so does Go.
func TestLicenses(t *testing.T) {
	t.Chdir(repository.Root(t))
	built, err := buildinfo.ReadFile(repository.Program(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := thirdParty(t.Context(), built)
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range built.Deps {
		if !strings.Contains(got, "\n"+module.Path+" "+module.Version+"\n") {
			t.Errorf("no license of %s", module.Path)
		}
	}
	// promhttp has a package of another owner.
	for _, text := range []string{"\nGo " + built.GoVersion + "\n", "Copyright 2009 The Go Authors", "Apache License", "Copyright (c) 2013 The Go Authors"} {
		if !strings.Contains(got, text) {
			t.Errorf("the licenses do not have %q", text)
		}
	}
}

// Both kinds of archive have the files as they are, and the same bytes whenever they are made.
func TestPack(t *testing.T) {
	files := map[string]file{
		"program":           {[]byte("ELF"), true},
		"README.md":         {content: []byte("# Read me\n")},
		"deploy/docs/更新.md": {content: bytes.Repeat([]byte("long "), 10000)},
	}
	modified := time.Date(2026, 11, 28, 1, 2, 4, 0, time.UTC)
	for _, kind := range []struct {
		suffix string
		read   func(*testing.T, []byte) map[string]entry
	}{{".tar.gz", readTar}, {".zip", readZip}} {
		t.Run(kind.suffix, func(t *testing.T) {
			var made [2][]byte
			for i := range made {
				output := filepath.Join(t.TempDir(), "exporter-1.2.3"+kind.suffix)
				if err := write(output, "exporter-1.2.3", files, modified); err != nil {
					t.Fatal(err)
				}
				var err error
				if made[i], err = os.ReadFile(output); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(made[0], made[1]) {
				t.Error("two archives of the same files differ")
			}
			want := make(map[string]entry)
			for name, f := range files {
				want["exporter-1.2.3/"+name] = entry{string(f.content), f.mode(), modified.Unix()}
			}
			if diff := cmp.Diff(want, kind.read(t, made[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// entry is what an archive says of a file.
type entry struct {
	Content  string
	Mode     fs.FileMode
	Modified int64 // Unix time in seconds
}

func readTar(t *testing.T, packed []byte) map[string]entry {
	t.Helper()
	raw, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	entries := make(map[string]entry)
	for archive := tar.NewReader(raw); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		entries[header.Name] = entry{string(content), header.FileInfo().Mode(), header.ModTime.Unix()}
	}
}

func readZip(t *testing.T, packed []byte) map[string]entry {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	entries := make(map[string]entry)
	for _, f := range archive.File {
		content, err := fs.ReadFile(archive, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		entries[f.Name] = entry{string(content), f.Mode(), f.Modified.Unix()}
	}
	return entries
}
