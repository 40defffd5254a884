package documents_test

import (
	"fmt"
	"go/build"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// reasons say what each direct dependency is good for, from the user's point of view.
var reasons = map[string]string{
	"github.com/alecthomas/kingpin/v2":         "Command-line flags like those of Prometheus's own programs.",
	"github.com/aliyun/credentials-go":         "Credentials from every source that Alibaba Cloud's SDKs support: RRSA, ECS roles, STS, profiles.",
	"github.com/chromedp/cdproto":              "The browser protocol that chromedp uses.",
	"github.com/chromedp/chromedp":             "Tests open `/jobs` in a real browser.",
	"github.com/coreos/go-systemd/v22":         "Sockets from systemd, for `--web.systemd-socket`.",
	"github.com/go-kit/log":                    "Log lines in logfmt or JSON.",
	"github.com/go-logfmt/logfmt":              "Tests parse log lines like other programs.",
	"github.com/gofrs/flock":                   "The lock of the state file, on Linux, macOS and Windows alike.",
	"github.com/google/go-cmp":                 "A failing test shows the difference.",
	"github.com/klauspost/compress":            "Faster compression: a large scrape takes half the time.",
	"github.com/mdlayher/vsock":                "`vsock://` addresses, which exporter-toolkit's flag offers.",
	"github.com/prometheus/client_golang":      "The metrics of the exporter itself, including native histograms.",
	"github.com/prometheus/client_model":       "Metrics in protobuf, for scrapers that ask for native histograms.",
	"github.com/prometheus/common":             "The exposition formats, and the version in `--version` and `build_info`.",
	"github.com/prometheus/exporter-toolkit":   "TLS, basic auth and systemd sockets as in all Prometheus exporters.",
	"github.com/prometheus/prometheus":         "Tests check every alert, rule and panel with PromQL's own parser.",
	"github.com/santhosh-tekuri/jsonschema/v6": "Tests validate the answers of `/api/v1` with the published schema.",
	"github.com/tjhop/slog-gokit":              "The messages of exporter-toolkit go to the same log.",
	"github.com/yuin/goldmark":                 "Tests cut the documents into blocks, each with its Chinese translation.",
	"go.uber.org/goleak":                       "Tests check that no goroutine is left after a stop.",
	"golang.org/x/net":                         "Tests parse `/jobs` like a browser.",
	"golang.org/x/sync":                        "The exporter can listen on several addresses.",
	"golang.org/x/text":                        "The language that a reader's browser prefers for `/jobs`, and how wide Chinese characters are on a terminal.",
	"golang.org/x/time":                        "The rate limiter that `make bench` compares with.",
	"google.golang.org/protobuf":               "The protobuf encoding of numbers and lengths.",
	"gopkg.in/yaml.v3":                         "The configuration file, with the line of each error.",
}

// dependencyTable has a row for each direct dependency of go.mod: first those of the
// program, then those that only tests use.
func dependencyTable(t *testing.T) string {
	t.Helper()
	inProgram := make(map[string]bool)
	addImports(t, repository.Root(t), ".", inProgram)
	var program, tests []string    // rows
	known := make(map[string]bool) // is in go.mod
	// Indirect dependencies have a comment behind their version.
	for _, found := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(repository.Read(t, "go.mod"), -1) {
		dependency := found[1]
		if known[dependency] = true; reasons[dependency] == "" {
			t.Errorf("%s needs a reason", dependency)
		}
		row := func(use string) string {
			return fmt.Sprintf("| `%s` | %s | %s |\n", dependency, use, cell(reasons[dependency]))
		}
		isOf := func(imported string) bool {
			return imported == dependency || strings.HasPrefix(imported, dependency+"/")
		}
		if slices.ContainsFunc(slices.Collect(maps.Keys(inProgram)), isOf) {
			program = append(program, row("program"))
		} else {
			tests = append(tests, row("tests"))
		}
	}
	for dependency := range reasons {
		if !known[dependency] {
			t.Errorf("%s is not a direct dependency any more; remove its reason", dependency)
		}
	}
	return "| Dependency | In | For |\n| --- | --- | --- |\n" + strings.Join(program, "") + strings.Join(tests, "")
}

// addImports adds the imports of one of our packages, and those of our packages among them.
// dir is relative to the root.
func addImports(t *testing.T, root, dir string, seen map[string]bool) {
	t.Helper()
	pkg, err := build.ImportDir(filepath.Join(root, dir), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, imported := range pkg.Imports {
		if seen[imported] {
			continue
		}
		seen[imported] = true
		if ours, is := strings.CutPrefix(imported, "github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/"); is {
			addImports(t, root, ours, seen)
		}
	}
}
