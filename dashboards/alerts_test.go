package dashboards_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// rule is one of deploy/prometheus, a recording rule or an alert.
type rule struct {
	Record, Alert       string
	Labels, Annotations map[string]string
}

func rules(t *testing.T) (all []rule) {
	t.Helper()
	for _, name := range []string{"recording", "alerts"} {
		var file struct{ Groups []struct{ Rules []rule } }
		if err := yaml.Unmarshal([]byte(repository.Read(t, filepath.Join("deploy", "prometheus", name+".rules.yml"))), &file); err != nil {
			t.Fatal(err)
		}
		for _, g := range file.Groups {
			all = append(all, g.Rules...)
		}
	}
	return all
}

// A dashboard knows exactly the alerts that there are: it shows each of them, says in words
// what is wrong, and links to the runbook to which the alert links.
func TestDashboardsKnowTheAlerts(t *testing.T) {
	runbooks := map[string]string{} // by alert
	for _, r := range rules(t) {
		if r.Alert != "" {
			runbooks[r.Alert] = r.Annotations["runbook_url"]
		}
	}
	alerts := slices.Sorted(maps.Keys(runbooks))
	for _, file := range []string{"ota-fleet.json", "ota-batch.json"} {
		d := load(t)[file]
		if got := d.constant("alerts"); got != strings.Join(alerts, "|") {
			t.Errorf("%s: the variable alerts is\n%s, and the rules have\n%s", file, got, strings.Join(alerts, "|"))
		}
		tables := 0
		for _, p := range d.Panels {
			for _, o := range p.FieldConfig.Overrides {
				for _, property := range o.Properties {
					switch {
					case o.Matcher.Options == "What is wrong" && property.ID == "mappings":
						tables++
						if got := slices.Sorted(maps.Keys(words(t, property.Value))); !slices.Equal(got, alerts) {
							t.Errorf("%s, %s: there are words for %q, and the rules have %q", file, p.Title, got, alerts)
						}
					case o.Matcher.Options == "Runbook" && property.ID == "links":
						for alert, want := range runbooks {
							got := strings.NewReplacer("${runbooks:raw}", d.constant("runbooks"), "${__data.fields.alertname}", alert)
							if url := got.Replace(decodeLinks(t, property.Value)[0].URL); url != want {
								t.Errorf("%s, %s: the runbook of %s is %s, and the alert has %s", file, p.Title, alert, url, want)
							}
						}
					}
				}
			}
		}
		if tables == 0 {
			t.Errorf("%s shows no alert", file)
		}
	}
}

// words are the texts of a value mapping, by value.
func words(t *testing.T, mappings json.RawMessage) map[string]string {
	t.Helper()
	var all []struct {
		Options map[string]struct{ Text string }
	}
	if err := json.Unmarshal(mappings, &all); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, m := range all {
		for value, shown := range m.Options {
			texts[value] = shown.Text
		}
	}
	return texts
}

// constant is the value of a variable that nobody can change.
func (d dashboard) constant(name string) string {
	for _, v := range d.Templating.List {
		if v.Name == name && v.Type == "constant" {
			return v.text()
		}
	}
	return ""
}
