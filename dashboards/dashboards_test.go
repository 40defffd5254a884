// Package dashboards_test holds the dashboards to the exporter: to its metrics
// and labels, to what people import dashboards with, and to a real Prometheus.
package dashboards_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// uids are what links and bookmarks name: they never change.
var uids = map[string]string{
	"ota-fleet.json":    "aliyun-iot-ota-fleet",
	"ota-batch.json":    "aliyun-iot-ota-batch",
	"ota-exporter.json": "aliyun-iot-ota-exporter",
}

// dashboard is as much of Grafana's model as is looked at here.
type dashboard struct {
	UID           string
	Title         string
	Description   string
	SchemaVersion int
	Editable      bool
	ID            *int              // of one Grafana's database
	Inputs        []json.RawMessage `json:"__inputs"` // only an import by hand fills them, not provisioning
	Links         []link
	Panels        []panel
	Templating    struct{ List []variable }
}

type panel struct {
	ID          int
	Type        string
	Title       string
	Description string
	Datasource  datasource
	GridPos     struct{ X, Y, W, H int }
	Targets     []target
	FieldConfig struct {
		Defaults struct {
			Unit  string
			Links []link
		}
		Overrides []struct {
			Properties []struct {
				ID    string
				Value json.RawMessage
			}
		}
	}
}

type target struct {
	RefID, Expr, LegendFormat string
	Datasource                datasource
}

type variable struct {
	Name, Type, Regex, AllValue string
	Query                       json.RawMessage // a string, or an object with one
	Datasource                  datasource
}

type datasource struct{ Type, UID string }

// load reads every dashboard in the folder.
func load(t *testing.T) map[string]dashboard {
	t.Helper()
	files, err := filepath.Glob("*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards (%v)", err)
	}
	all := map[string]dashboard{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[file] = d
	}
	return all
}

// chosen is the data source that the reader chooses.
var chosen = datasource{"prometheus", "${datasource}"}

func TestDashboards(t *testing.T) {
	all := load(t)
	if len(all) != len(uids) {
		t.Errorf("%d dashboards, want %d", len(all), len(uids))
	}
	for file, d := range all {
		t.Run(file, func(t *testing.T) {
			if want := uids[file]; d.UID != want {
				t.Errorf("uid %q, want %q", d.UID, want)
			}
			if d.SchemaVersion != 42 || d.Editable || d.ID != nil || d.Inputs != nil {
				t.Errorf("schemaVersion %d, editable %t, id %v, inputs %d; want 42, false and none", d.SchemaVersion, d.Editable, d.ID, len(d.Inputs))
			}
			if d.Title == "" || d.Description == "" {
				t.Error("title or description is missing")
			}
			t.Run("has the variables that its queries need", func(t *testing.T) { variablesOf(t, d) })
			t.Run("has panels that say what they show", func(t *testing.T) { panelsOf(t, d.Panels) })
			t.Run("links to what is there", func(t *testing.T) { linksOf(t, d, all) })
			t.Run("has a picture", func(t *testing.T) {
				picture := strings.TrimSuffix(file, ".json") + ".png"
				if info, err := os.Stat(picture); err != nil || info.Size() > 400_000 {
					t.Errorf("%s: %v, or larger than 400 kB", picture, err)
				}
			})
		})
	}
}

func variablesOf(t *testing.T, d dashboard) {
	var names []string
	for _, v := range d.Templating.List {
		names = append(names, v.Name)
		if v.Type == "query" && v.Datasource != chosen {
			t.Errorf("variable %s asks data source %v", v.Name, v.Datasource)
		}
	}
	for _, want := range []string{"datasource", "job", "instance", "account"} {
		if !slices.Contains(names, want) {
			t.Errorf("no variable %s", want)
		}
	}
	if len(d.Templating.List) > 0 && d.Templating.List[0].Type != "datasource" {
		t.Error("the first variable is not the data source")
	}
	used := regexp.MustCompile(`\$\{?(\w+)`)
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			for _, found := range used.FindAllStringSubmatch(q.Expr, -1) {
				if name := found[1]; !slices.Contains(names, name) && !strings.HasPrefix(name, "__") {
					t.Errorf("%s, query %s: no variable %s", p.Title, q.RefID, name)
				}
			}
		}
	}
}

func panelsOf(t *testing.T, panels []panel) {
	ids, places := map[int]string{}, map[[2]int]string{}
	for _, p := range panels {
		if other, twice := ids[p.ID]; twice {
			t.Errorf("%q and %q have one id", other, p.Title)
		}
		ids[p.ID] = p.Title
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				cell := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other, taken := places[cell]; taken && other != p.Title || cell[0] >= 24 {
					t.Fatalf("%q lies on %q, or beyond the edge", p.Title, other)
				}
				places[cell] = p.Title
			}
		}
		if p.Title == "" || p.Description == "" || p.FieldConfig.Defaults.Unit == "" {
			t.Errorf("panel %d %q: title, description %q or unit %q is missing", p.ID, p.Title, p.Description, p.FieldConfig.Defaults.Unit)
		}
		if p.Datasource != chosen || len(p.Targets) == 0 {
			t.Errorf("%q: data source %v, %d queries", p.Title, p.Datasource, len(p.Targets))
		}
		for _, q := range p.Targets {
			if q.Datasource != chosen {
				t.Errorf("%q, query %s: data source %v", p.Title, q.RefID, q.Datasource)
			}
		}
	}
}

// text is the variable's query in either form.
func (v variable) text() string {
	var object struct{ Query string }
	if json.Unmarshal(v.Query, &object) == nil {
		return object.Query
	}
	var plain string
	if json.Unmarshal(v.Query, &plain) == nil {
		return plain
	}
	return fmt.Sprintf("neither a string nor an object: %s", v.Query)
}
