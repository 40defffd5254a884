package main

import (
	"bufio"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// startDemo runs the demo with all that has metrics of its own.
func startDemo(t *testing.T) *exporter {
	t.Helper()
	return start(t, "--demo")
}

func TestDemo(t *testing.T) {
	t.Parallel()
	e := startDemo(t)

	t.Run("every page answers", func(t *testing.T) {
		for _, c := range []struct {
			method, path string
			status       int
			text         string
		}{
			{"GET", "/", 200, `<a href="/jobs">`},
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
			if status, body := e.ask(c.method, c.path); status != c.status || !strings.Contains(body, c.text) {
				t.Errorf("%s %s: %d %.200q, want %d with %q", c.method, c.path, status, body, c.status, c.text)
			}
		}
	})

	t.Run("every metric of the README has a sample, and no other has", func(t *testing.T) {
		want := documentedMetrics(t)
		var got []string
		eventually(t, func() string {
			got = slices.DeleteFunc(familyNames(e.metrics()), func(name string) bool { return !strings.HasPrefix(name, "aliyun_iot_ota_") })
			var missing []string
			for _, name := range want {
				if !slices.Contains(got, name) {
					missing = append(missing, name)
				}
			}
			return strings.Join(missing, ", ")
		})
		for _, name := range got {
			if !slices.Contains(want, name) {
				t.Errorf("%s is not in the README", name)
			}
		}
	})

	t.Run("the log names the simulator and a key", func(t *testing.T) {
		for _, want := range []string{"endpoint=http://127.0.0.1:", "access_key_id=LTAI", "access_key_secret="} {
			if !strings.Contains(e.log.String(), want) {
				t.Errorf("%q is missing in\n%s", want, e.log)
			}
		}
	})
}

// Every line of the log begins alike, whoever writes it: the exporter, a lane
// and exporter-toolkit do here.
func TestLogLines(t *testing.T) {
	t.Parallel()
	const failing = "polling the batch fails" // the demo has a batch that is gone
	start := func(t *testing.T, format string) *bufio.Scanner {
		e := start(t, "--demo", "--log.format="+format)
		eventually(t, func() string {
			if !strings.Contains(e.log.String(), failing) {
				return "a log line of a batch"
			}
			return ""
		})
		return bufio.NewScanner(strings.NewReader(e.log.String()))
	}
	t.Run("logfmt", func(t *testing.T) {
		beginning := regexp.MustCompile(`^ts=\S+Z level=(info|warn) caller=\w+\.go:\d+ msg=`)
		for lines := start(t, "logfmt"); lines.Scan(); {
			if !beginning.MatchString(lines.Text()) {
				t.Errorf("%q does not begin with ts, level, caller, msg", lines.Text())
			}
		}
	})
	// go-kit sorts the keys of JSON.
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
