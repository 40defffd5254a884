package collector_test

import (
	"errors"
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

const module = "github.com/aliyun-iot-ota/aliyun_iot_ota_exporter"

// allowed lists which of our packages each of our packages may import outside of tests. It
// keeps data flowing in one direction. A new package needs a line.
var allowed = map[string][]string{
	".":               {"aliyun", "aliyun/credentials", "collector", "config/flags"},
	"config":          {"config/spelling"},
	"config/link":     nil,
	"config/spelling": nil,
	"config/flags":    {"aliyun/printable", "config/link", "config/spelling"},
	// The client of the API, from the bottom up.
	"aliyun/printable":   nil,
	"aliyun/credentials": nil,
	"aliyun/signature":   {"aliyun/credentials"},
	"aliyun/rawjson":     nil,
	"aliyun":             {"aliyun/printable", "aliyun/rawjson", "aliyun/credentials", "aliyun/signature"},
	"aliyun/budget":      {"aliyun"},
	// The endpoint as a client sees it; the client does not know it.
	"aliyun/simulator":         {"aliyun/simulator/fleet", "aliyun/simulator/gateway"},
	"aliyun/simulator/fleet":   nil,
	"aliyun/simulator/gateway": {"aliyun/simulator/fleet"},
	"aliyun/simulator/network": nil,
	"aliyun/simulator/demo":    {"aliyun/simulator", "aliyun/simulator/fleet", "aliyun/simulator/gateway", "aliyun/simulator/network"},
	"collector": {"aliyun/simulator/demo", "config", "config/flags", "config/spelling", "collector/target", "collector/poll", "collector/store", "collector/expose",
		"collector/pages", "collector/api", "collector/statefile", "collector/check", "collector/web"},
	// These are in the order in which data flows.
	"collector/reason":    {"aliyun/printable"},
	"collector/target":    {"config", "aliyun", "aliyun/credentials", "aliyun/signature", "collector/reason"},
	"collector/store":     {"aliyun", "collector/target"},
	"collector/schedule":  {"aliyun", "aliyun/budget", "collector/target", "collector/store"},
	"collector/phrase":    nil,
	"collector/advice":    {"aliyun", "aliyun/signature", "collector/phrase"},
	"collector/poll":      {"aliyun", "aliyun/budget", "aliyun/credentials", "aliyun/printable", "collector/reason", "collector/target", "collector/store", "collector/schedule"},
	"collector/web":       {"config/flags"},
	"collector/expose":    {"aliyun", "aliyun/printable", "collector/store", "collector/web"},
	"collector/pages":     {"config/link", "aliyun", "aliyun/printable", "collector/phrase", "collector/reason", "collector/target", "collector/store", "collector/advice", "collector/poll", "collector/web"},
	"collector/api":       {"aliyun", "aliyun/printable", "collector/phrase", "collector/target", "collector/store", "collector/web", "collector/pages"},
	"collector/statefile": {"aliyun", "collector/reason", "collector/target", "collector/store"},
	"collector/check":     {"aliyun", "aliyun/budget", "aliyun/printable", "collector/target", "collector/schedule", "collector/phrase", "collector/poll", "collector/advice"},
	// Only tests may import these.
	"collector/internal/conditions": {"deploy/repository"},
	"collector/internal/promtext":   nil,
	"collector/internal/harness": {"aliyun", "aliyun/credentials", "aliyun/simulator", "aliyun/simulator/fleet", "aliyun/simulator/gateway", "aliyun/simulator/network",
		"collector/target", "collector/store", "collector/schedule", "collector/poll", "collector/internal/promtext",
		"collector/expose", "collector/pages", "collector/statefile", "collector/check", "deploy/repository"},
	"collector/internal/situations":   {"aliyun", "aliyun/simulator/fleet", "aliyun/simulator/gateway", "collector/internal/harness", "collector/reason"},
	"collector/internal/exportertest": {"collector", "collector/internal/promtext", "deploy/repository"},
	"deploy/promqlnames":              {"aliyun", "collector/target"},
	"deploy/repository":               nil,
	"deploy/release":                  nil,
	"deploy/translation":              {"collector/phrase"},
}

// onlyIn lists the packages that may import a library. The key is the beginning of the path
// of the library.
var onlyIn = map[string][]string{
	"github.com/prometheus/":                 {".", "collector", "collector/poll", "collector/expose", "collector/statefile", "collector/web", "config/flags", "deploy/promqlnames", "collector/internal/exportertest", "collector/internal/harness", "collector/internal/promtext"},
	"github.com/prometheus/prometheus/":      {"deploy/promqlnames"},
	"github.com/aliyun/credentials-go/":      {"aliyun/credentials"},
	"gopkg.in/yaml.v3":                       {"config", "deploy/translation"}, // no longer maintained, so it must be easy to replace
	"github.com/yuin/goldmark":               {"deploy/translation"},
	"github.com/alecthomas/kingpin/":         {"config/flags"},
	"github.com/gofrs/flock":                 {"collector/statefile", "deploy/repository"},
	"github.com/prometheus/exporter-toolkit": {"config/flags", "collector/web"},
}

func TestImports(t *testing.T) {
	root := repository.Root(t)
	err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); name == "testdata" || name[0] == '.' {
			return fs.SkipDir
		}
		pkg, err := build.ImportDir(dir, 0)
		if _, none := errors.AsType[*build.NoGoError](err); none {
			return nil
		} else if err != nil {
			return err
		}
		if dir, err = filepath.Rel(root, dir); err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		if len(pkg.GoFiles) == 0 {
			return nil // the folder has only tests
		}
		ours, known := allowed[dir]
		if !known {
			t.Errorf("package %s has no line in the table of allowed imports", dir)
		}
		for _, imported := range pkg.Imports {
			if of, is := strings.CutPrefix(imported, module+"/"); is && !slices.Contains(ours, of) {
				t.Errorf("%s imports %s; of our packages it may import %v", dir, of, ours)
			}
			for library, places := range onlyIn {
				if strings.HasPrefix(imported, library) && !slices.Contains(places, dir) {
					t.Errorf("%s imports %s, which only %v may import", dir, imported, places)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
