package program_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// The demo serves every page, and its log says where to look.
func TestDemo(t *testing.T) {
	t.Parallel()
	e := exportertest.Start(t, "--demo")

	t.Run("every page answers", func(t *testing.T) {
		for _, c := range []struct {
			method, path string
			status       int
			text         string // part of the page
		}{
			{"GET", "/", 200, `<a href="jobs">`},
			{"GET", "/jobs", 200, "OTA batches"},
			{"GET", "/jobs?sort=colour", 400, "want one of"},
			{"GET", "/metrics", 200, "aliyun_iot_ota_exporter_build_info"},
			{"GET", "/-/healthy", 200, "ok"},
			{"GET", "/-/ready", 200, "ok"},
			{"GET", "/-/reload", 405, ""},
			{"POST", "/-/reload", 200, "reloaded"},
			{"POST", "/metrics", 405, ""},
			{"GET", "/nowhere", 404, ""},
		} {
			if status, body := e.Ask(c.method, c.path); status != c.status || !strings.Contains(body, c.text) {
				t.Errorf("%s %s: %d %.200q, want %d with %q", c.method, c.path, status, body, c.status, c.text)
			}
		}
	})

	t.Run("the log begins with the program and its version", func(t *testing.T) {
		first := regexp.MustCompile(`^ts=\S+ level=info caller=\S+ msg="Starting aliyun_iot_ota_exporter" version="\(version=[^,]*, branch=[^,]*, revision=[^)]*\)"\n` +
			`ts=\S+ level=info caller=\S+ msg="Build context" build_context="\(go=go\S+, platform=`)
		if !first.MatchString(e.Log.String()) {
			t.Errorf("it begins\n%.400s", e.Log)
		}
	})

	t.Run("the log names the page, the simulator and a key", func(t *testing.T) {
		exportertest.WantIn(t, e.Log.String(), `msg="open this URL in a browser" url=`+e.URLs[0]+"/jobs\n", "endpoint=http://127.0.0.1:", "access_key_id=LTAI", "access_key_secret=")
	})
}

// The demo keeps a state of its own, and does not replace that of an exporter.
func TestDemoLeavesTheStateOfOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	others, own := filepath.Join(dir, "others"), filepath.Join(dir, "own")
	api := exportertest.NewAPI(t)
	e := exportertest.Start(t, "--config.file="+exportertest.TempFile(t, "config.yml", api.Config("job1")), "--persistence.file="+others)
	e.AwaitMetric(exportertest.InProgress("job1"))
	if err := e.Stop(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(others)
	if err != nil || !strings.Contains(string(before), "job1") {
		t.Fatalf("the state is %q, error %v", before, err)
	}
	_, _, err = exportertest.Run(t, "--demo", exportertest.AnyPort, "--persistence.file="+others)
	if want := "--persistence.file=" + others + ` has the state of batches of account "production", which the demo would replace; use another file, or none`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if after, err := os.ReadFile(others); string(after) != string(before) || err != nil {
		t.Errorf("the state is now %q, error %v", after, err)
	}
	for range 2 {
		demo := exportertest.Start(t, "--demo", "--persistence.file="+own)
		demo.AwaitMetric("aliyun_iot_ota_job_info{")
		if err := demo.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// All log lines have the same keys, no matter which part of the program writes them. The
// lines of this test come from the start, from polling and from exporter-toolkit.
func TestLogLines(t *testing.T) {
	t.Parallel()
	// start returns the lines that are logged until a batch fails.
	start := func(t *testing.T, format string) *bufio.Scanner {
		e := exportertest.Start(t, "--demo", "--log.format="+format)
		e.AwaitLog("polling the batch fails") // one batch of the demo does not exist
		return bufio.NewScanner(strings.NewReader(e.Log.String()))
	}
	t.Run("logfmt", func(t *testing.T) {
		beginning := regexp.MustCompile(`^ts=\S+Z level=(info|warn) caller=\w+\.go:\d+ msg=`)
		for lines := start(t, "logfmt"); lines.Scan(); {
			if !beginning.MatchString(lines.Text()) {
				t.Errorf("line %q does not begin with ts, level, caller, msg", lines.Text())
			}
		}
	})
	// go-kit sorts the keys of JSON, so the test ignores their order.
	t.Run("json", func(t *testing.T) {
		for lines := start(t, "json"); lines.Scan(); {
			var line map[string]any
			if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
				t.Errorf("%q: %v", lines.Text(), err)
			}
			for _, key := range []string{"ts", "level", "caller", "msg"} {
				if line[key] == nil || line[key] == "" {
					t.Errorf("%q has no %s", lines.Text(), key)
				}
			}
		}
	})
}
