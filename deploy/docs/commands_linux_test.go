package docs_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
)

// A newcomer gets from the clone to a graph of the demo in Prometheus with at most five
// commands of the README. Meanwhile every other command works that needs nothing else. Who
// starts at the Chinese README gets Chinese alerts.
func TestCommands(t *testing.T) {
	if !isolated(t) {
		return
	}
	u, texts := newUser(t), documents(t)
	chinese := u.try(texts["README.zh-CN.md"], "\n## 试用\n")
	for name, summary := range checkRules(t) {
		if !strings.ContainsFunc(summary, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("the Chinese demo has an alert %s in English: %s", name, summary)
		}
	}
	chinese.end()

	english := u.try(texts["README.md"], "\n## Try it\n")
	checkRules(t)
	checkFirstHour(t, texts["README.md"], english.exporter.output.String())

	for document, text := range texts {
		for _, b := range blocks(text) {
			if b.language != "sh" || b.mark != "" || isChinese(document) || strings.Contains(english.section, b.text) {
				continue
			}
			if out := u.run(english.clone, b.text); strings.HasPrefix(b.text, "curl -s ") && out == "" {
				t.Errorf("%s: no answer to %s", document, b.text)
			}
		}
	}
	english.end()
	if changed := u.run(english.clone, "git status --porcelain"); changed != "" {
		t.Errorf("the commands leave files that are not ignored:\n%s", changed)
	}
}

// trial is a demo that runs as a section of a README says.
type trial struct {
	section, clone       string
	exporter, prometheus *terminal
}

// try runs the commands of a section, and opens its links.
func (u user) try(readme, heading string) trial {
	u.t.Helper()
	_, section, found := strings.Cut(readme, heading)
	section, _, ended := strings.Cut(section, "\n## ")
	var terminals []string
	commands := 0
	for _, b := range blocks(section) {
		if b.language == "sh" && b.mark == "" {
			terminals = append(terminals, b.text)
			commands += strings.Count(b.text, "\n")
		}
	}
	if !found || !ended || len(terminals) != 2 || commands > 5 {
		u.t.Fatalf("the README has %d terminals with %d commands, want 2 with at most 5", len(terminals), commands)
	}
	folder := u.t.TempDir()
	made := trial{section: section, clone: filepath.Join(folder, "aliyun_iot_ota_exporter"), exporter: u.open(folder, terminals[0])}
	made.exporter.until(func() error { _, err := get("http://localhost:10062/jobs"); return err })
	made.prometheus = u.open(made.clone, terminals[1])

	pages := 0
	for _, address := range regexp.MustCompile(`http://localhost:(?:10062|9090)[^)>\s]*`).FindAllString(section, -1) {
		page, err := url.Parse(address)
		if err != nil {
			u.t.Fatal(err)
		}
		if query := page.Query().Get("g0.expr"); query != "" { // the page itself is Prometheus's
			made.prometheus.until(func() error { return graph(query) })
			pages++
		} else if _, err := get(address); err != nil {
			u.t.Error(err)
		}
	}
	if pages != 1 {
		u.t.Errorf("the README has %d links to graphs, want 1", pages)
	}
	return made
}

func (made trial) end() {
	made.prometheus.interrupt()
	made.exporter.interrupt()
}

// get returns a page that is there.
func get(address string) ([]byte, error) {
	answer, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s\n%s", address, answer.Status, text)
	}
	return text, err
}

// graph is nil if Prometheus has lines of at least three points for the query.
func graph(query string) error {
	now := time.Now().Unix()
	text, err := get("http://localhost:9090/api/v1/query_range?" + url.Values{
		"query": {query}, "start": {strconv.FormatInt(now-300, 10)}, "end": {strconv.FormatInt(now, 10)}, "step": {"5"},
	}.Encode())
	if err != nil {
		return err
	}
	var answer struct {
		Data struct{ Result []struct{ Values [][2]any } }
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return err
	}
	lines := 0
	for _, series := range answer.Data.Result {
		if len(series.Values) >= 3 {
			lines++
		}
	}
	if lines < 5 {
		return fmt.Errorf("%s has %d lines: %s", query, lines, text)
	}
	return nil
}

// checkRules demands that Prometheus has loaded the rules, and that each works. It returns the
// summary of each alert.
func checkRules(t *testing.T) map[string]string {
	t.Helper()
	text, err := get("http://localhost:9090/api/v1/rules")
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct {
					Type, Name, Health, LastError string
					Annotations                   map[string]string
				}
			}
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	rules, summaries := 0, map[string]string{}
	for _, group := range answer.Data.Groups {
		for _, rule := range group.Rules {
			if rules++; rule.Health == "err" {
				t.Errorf("%s: %s", rule.Name, rule.LastError)
			}
			if rule.Type == "alerting" {
				summaries[rule.Name] = rule.Annotations["summary"]
			}
		}
	}
	if rules < 20 {
		t.Errorf("Prometheus has only %d rules", rules)
	}
	if len(summaries) < 15 {
		t.Errorf("Prometheus has only %d alerts", len(summaries))
	}
	return summaries
}

// checkFirstHour compares what the README says of the first minutes with the demo: the log
// lines in the first row, and the metrics.
func checkFirstHour(t *testing.T, readme, log string) {
	t.Helper()
	_, table, _ := strings.Cut(readme, "\n### The first hour\n")
	table, _, _ = strings.Cut(table, "\n## ")
	_, first, found := strings.Cut(table, "\n| At once |")
	if first, _, _ = strings.Cut(first, "\n"); !found {
		t.Fatal("the README has no table of the first hour")
	}
	first, _, _ = strings.Cut(first, ". ") // the sentence about the log
	for _, line := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
		if !strings.Contains(log, `msg="`+line[1]+`"`) {
			t.Errorf("the log has no line %q:\n%s", line[1], log)
		}
	}
	shown, err := get("http://localhost:10062/metrics")
	if err != nil {
		t.Fatal(err)
	}
	metrics := regexp.MustCompile("`(aliyun_iot_ota_\\w+)`").FindAllStringSubmatch(table, -1)
	for _, metric := range metrics {
		if !strings.Contains(string(shown), "\n"+metric[1]+"{") {
			t.Errorf("the demo has no metric %s", metric[1])
		}
	}
	if len(metrics) < 3 {
		t.Errorf("the first hour names %d metrics", len(metrics))
	}
}
