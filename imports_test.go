package main

import (
	"errors"
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/aliyun-iot-ota/aliyun_iot_ota_exporter"

// allowed lists, for each of our packages, which others of ours it may import outside of
// tests. It keeps data flowing one way. A new package needs a line.
var allowed = map[string][]string{
	".":                     {"aliyun", "aliyun/simulator", "collector", "collector/web", "config", "config/flags"},
	"config":                nil,
	"config/flags":          {"aliyun/printable"},
	"aliyun":                {"aliyun/printable"},
	"aliyun/printable":      nil,
	"aliyun/simulator":      nil,
	"collector":             {"aliyun", "aliyun/printable"},
	"collector/web":         nil,
	"collector/e2e/hostile": nil, // tests only, as the next two
	"dashboards":            nil,
	"deploy":                nil,
	"deploy/promqlnames":    {"aliyun", "collector"}, // only tests may import it
}

// onlyIn lists the packages that may import a library, which is given by the beginning
// of its path.
var onlyIn = map[string][]string{
	"github.com/prometheus/":                 {".", "collector", "collector/web", "config/flags", "deploy/promqlnames"},
	"github.com/prometheus/prometheus/":      {"deploy/promqlnames"},
	"github.com/aliyun/credentials-go/":      {"aliyun"},
	"gopkg.in/yaml.v3":                       {"config"}, // no longer maintained: to be easy to replace
	"github.com/alecthomas/kingpin/":         {"config/flags"},
	"github.com/gofrs/flock":                 {"collector"},
	"github.com/prometheus/exporter-toolkit": {"config/flags", "collector/web"},
}

func TestImports(t *testing.T) {
	err := filepath.WalkDir(".", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); name == "testdata" || len(name) > 1 && name[0] == '.' {
			return fs.SkipDir
		}
		pkg, err := build.ImportDir(dir, 0)
		if _, none := errors.AsType[*build.NoGoError](err); none {
			return nil
		} else if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		ours, known := allowed[dir]
		if !known {
			t.Errorf("package %s has no line in the table", dir)
		}
		for _, imported := range pkg.Imports {
			if of, is := strings.CutPrefix(imported, module+"/"); is && !slices.Contains(ours, of) {
				t.Errorf("%s imports %s; it may import of ours: %v", dir, of, ours)
			}
			for library, places := range onlyIn {
				if strings.HasPrefix(imported, library) && !slices.Contains(places, dir) {
					t.Errorf("%s imports %s, which belongs in %v", dir, imported, places)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
