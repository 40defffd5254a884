package compose_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// provisioned is the file with one kind of provisioning, found by where Grafana's image
// looks for that.
func provisioned(t *testing.T, s types.ServiceConfig, kind string) string {
	t.Helper()
	for _, v := range s.Volumes {
		if name, is := strings.CutPrefix(v.Target, "/etc/grafana/provisioning/"+kind+"/"); is && filepath.Ext(name) == ".yml" {
			return relative(t, v.Source)
		}
	}
	t.Fatalf("no %s are provisioned", kind)
	return ""
}

// The dashboards use the data source that their reader chooses. At first that is the
// default one, so there must be one, of the dashboards' type.
func TestGrafanaHasItsDataSource(t *testing.T) {
	for _, stack := range stacks(t) {
		grafana := stack.Services["grafana"]
		var content struct {
			APIVersion  int `yaml:"apiVersion"`
			Datasources []struct {
				Name, UID, Type, URL string
				IsDefault            bool `yaml:"isDefault"`
				JSONData             struct {
					TimeInterval string `yaml:"timeInterval"`
				} `yaml:"jsonData"`
			}
		}
		decode(t, provisioned(t, grafana, "datasources"), &content)
		if content.APIVersion != 1 || len(content.Datasources) != 1 {
			t.Fatalf("apiVersion %d, %d data sources, want 1 and one", content.APIVersion, len(content.Datasources))
		}
		source := content.Datasources[0]
		if !source.IsDefault || source.UID == "" || source.Name == "" {
			t.Errorf("data source %q, uid %q, is the default: %t", source.Name, source.UID, source.IsDefault)
		}
		reaches(t, stack, "prometheus", source.URL)
		if want := loadPrometheus(t).Global.ScrapeInterval; source.JSONData.TimeInterval != want {
			t.Errorf("timeInterval %q, want the scrape interval %q", source.JSONData.TimeInterval, want)
		}
		for _, file := range matches(t, "dashboards/*.json") {
			// Whatever has a uid in there is the dashboard or a data source.
			text := read(t, file)
			for _, found := range regexp.MustCompile(`"uid": "([^"]*)"`).FindAllStringSubmatch(text, -1) {
				if uid := found[1]; uid != "${datasource}" && uid != source.UID && uid != dashboard(t, file).UID {
					t.Errorf("%s asks the data source %s", file, uid)
				}
			}
			if v := dashboard(t, file).Templating.List[0]; v.Type != "datasource" || v.Query != source.Type {
				t.Errorf("%s chooses a %s of type %v first, want a data source of type %s", file, v.Type, v.Query, source.Type)
			}
		}
	}
}

// Grafana shows the dashboards of this repository, and the fleet's as its first page.
func TestGrafanaHasTheDashboards(t *testing.T) {
	for _, stack := range stacks(t) {
		grafana := stack.Services["grafana"]
		volume(t, grafana, "/var/lib/grafana")
		var content struct {
			APIVersion int `yaml:"apiVersion"`
			Providers  []struct {
				Name, Type string
				Options    struct{ Path string }
			}
		}
		decode(t, provisioned(t, grafana, "dashboards"), &content)
		if content.APIVersion != 1 || len(content.Providers) != 1 || content.Providers[0].Type != "file" || content.Providers[0].Name == "" {
			t.Fatalf("apiVersion %d, providers %v, want 1 and one of files", content.APIVersion, content.Providers)
		}
		if got, want := outside(t, grafana, content.Providers[0].Options.Path), "dashboards"; got != want {
			t.Errorf("the dashboards are from %s, want %s", got, want)
		}
		var homes []string
		for _, file := range matches(t, "dashboards/*.json") {
			homes = append(homes, "/d/"+dashboard(t, file).UID)
		}
		home := grafana.Environment["GF_USERS_HOME_PAGE"]
		if home == nil || !slices.Contains(homes, *home) || !strings.HasSuffix(*home, "-fleet") {
			t.Errorf("the first page is not the fleet's among %v", homes)
		}
		if anonymous := grafana.Environment["GF_AUTH_ANONYMOUS_ENABLED"]; anonymous == nil || *anonymous != "true" {
			t.Error("nobody may look without a password, and there is none")
		}
	}
}

// model is the part of Grafana's model of a dashboard that is looked at here.
type model struct {
	UID        string
	Templating struct {
		List []struct {
			Type  string
			Query any
		}
	}
}

func dashboard(t *testing.T, file string) (d model) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, file)), &d); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return d
}
