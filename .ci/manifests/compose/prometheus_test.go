package compose_test

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// prometheusConfig is the part of prometheus.yml that is looked at here.
type prometheusConfig struct {
	Global struct {
		ScrapeInterval string `yaml:"scrape_interval"`
	}
	RuleFiles     []string `yaml:"rule_files"`
	ScrapeConfigs []struct {
		JobName       string    `yaml:"job_name"`
		StaticConfigs []targets `yaml:"static_configs"`
	} `yaml:"scrape_configs"`
	Alerting struct {
		Alertmanagers []struct {
			StaticConfigs []targets `yaml:"static_configs"`
		}
	}
}

type targets struct{ Targets []string }

const prometheusFile = "deploy/compose/prometheus.yml"

func loadPrometheus(t *testing.T) (c prometheusConfig) {
	t.Helper()
	decode(t, prometheusFile, &c)
	return c
}

// Prometheus and the Alertmanager find their files, and keep their data on volumes.
func TestPrometheusHasItsFiles(t *testing.T) {
	c := loadPrometheus(t)
	for _, stack := range stacks(t) {
		prometheus := stack.Services["prometheus"]
		inside := argument(t, prometheus, "--config.file")
		if got := outside(t, prometheus, inside); got != prometheusFile {
			t.Errorf("%s is %s, want %s", inside, got, prometheusFile)
		}
		// The patterns of prometheus.yml find the rules of this repository.
		var rules []string
		for _, pattern := range c.RuleFiles {
			rules = append(rules, matches(t, outside(t, prometheus, path.Join(path.Dir(inside), pattern)))...)
		}
		if want := matches(t, "deploy/prometheus/*.rules.yml"); !slices.Equal(rules, want) {
			t.Errorf("the rules are %v, want %v", rules, want)
		}
		volume(t, prometheus, argument(t, prometheus, "--storage.tsdb.path"))

		alertmanager := stack.Services["alertmanager"]
		if got, want := outside(t, alertmanager, argument(t, alertmanager, "--config.file")), "deploy/alertmanager/alertmanager.yml"; got != want {
			t.Errorf("the Alertmanager has %s, want %s", got, want)
		}
		volume(t, alertmanager, argument(t, alertmanager, "--storage.path"))
	}
}

// Prometheus scrapes the exporter under a job that the alerts look at, and sends alerts
// to the Alertmanager.
func TestPrometheusReachesItsTargets(t *testing.T) {
	c := loadPrometheus(t)
	down := regexp.MustCompile(`up\{job=~"([^"]+)"\}`).FindStringSubmatch(read(t, "deploy/prometheus/alerts.rules.yml"))
	if down == nil {
		t.Fatal("no alert looks at up")
	}
	for _, stack := range stacks(t) {
		scraped, alerted := 0, 0
		for _, job := range c.ScrapeConfigs {
			for _, group := range job.StaticConfigs {
				for _, target := range group.Targets {
					reaches(t, stack, "exporter", target)
					scraped++
				}
			}
			if !regexp.MustCompile("^(?:" + down[1] + ")$").MatchString(job.JobName) {
				t.Errorf("no alert would tell that job %s is down: they look for %s", job.JobName, down[1])
			}
		}
		for _, alertmanager := range c.Alerting.Alertmanagers {
			for _, group := range alertmanager.StaticConfigs {
				for _, target := range group.Targets {
					reaches(t, stack, "alertmanager", target)
					alerted++
				}
			}
		}
		if scraped != 1 || alerted != 1 {
			t.Errorf("%d targets and %d Alertmanagers, want one each", scraped, alerted)
		}
		// The links in an alert lead to ports that are published.
		for _, service := range []string{"prometheus", "alertmanager"} {
			s := stack.Services[service]
			_, published := port(s)
			if got, want := argument(t, s, "--web.external-url"), "http://localhost:"+published; got != want {
				t.Errorf("%s calls itself %s, want %s", service, got, want)
			}
		}
	}
}

func TestPromtoolLikesTheConfiguration(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatalf("CI must have promtool: %v", err)
	case err != nil:
		t.Skipf("skipped without promtool, which Debian has in the package prometheus: %v", err)
	}
	// As in the container, a folder with the rules is beside the file.
	dir := t.TempDir()
	prometheus := stacks(t)["demo"].Services["prometheus"]
	for _, pattern := range loadPrometheus(t).RuleFiles {
		rules := path.Dir(pattern)
		inside := path.Join(path.Dir(argument(t, prometheus, "--config.file")), rules)
		if err := os.CopyFS(filepath.Join(dir, rules), os.DirFS(filepath.Join(root, outside(t, prometheus, inside)))); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(read(t, prometheusFile)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "config", file).CombinedOutput(); err != nil {
		t.Errorf("promtool check config: %v\n%s", err, out)
	}
}
