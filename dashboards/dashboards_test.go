// Package dashboards_test holds the dashboards to the exporter's metrics and labels, to
// what Grafana needs to import them, and to the answers of a real Prometheus.
package dashboards_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// uids are in links and bookmarks, so they never change.
var uids = map[string]string{
	"ota-fleet.json":    "aliyun-iot-ota-fleet",
	"ota-batch.json":    "aliyun-iot-ota-batch",
	"ota-exporter.json": "aliyun-iot-ota-exporter",
}

// Each dashboard can be provisioned in any Grafana, and be understood by a reader who is
// new to it.
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
			// Grafana upgrades a dashboard of an older schema, but ignores that one is newer.
			if d.SchemaVersion != 39 || d.Editable || d.ID != nil || d.Inputs != nil {
				t.Errorf("schemaVersion %d, editable %t, id %v, inputs %d; want 39 (Grafana 10.4), false and none", d.SchemaVersion, d.Editable, d.ID, len(d.Inputs))
			}
			if d.Title == "" || !strings.Contains(d.Description, "Grafana 10.4 and later") {
				t.Errorf("title %q or description %q is missing, or does not say which Grafana it needs", d.Title, d.Description)
			}
			if d.Refresh != "1m" {
				t.Errorf("refreshed every %q, want 1m: the data changes no faster", d.Refresh)
			}
			t.Run("has the variables that its queries need", func(t *testing.T) { checkVariables(t, d) })
			t.Run("has panels that say what they show", func(t *testing.T) { checkPanels(t, d.Panels) })
			t.Run("links to what is there", func(t *testing.T) { checkLinks(t, d, all) })
			t.Run("has a dark and a light picture", func(t *testing.T) {
				for _, theme := range []string{".png", "-light.png"} {
					picture := strings.TrimSuffix(file, ".json") + theme
					if info, err := os.Stat(picture); err != nil || info.Size() > 400_000 {
						t.Errorf("%s: %v, or larger than 400 kB", picture, err)
					}
				}
			})
		})
	}
}

// checkVariables demands the variables that all dashboards share, so that links can carry
// a choice from one to another, and those that the queries use.
func checkVariables(t *testing.T, d dashboard) {
	var names []string
	for _, v := range d.Templating.List {
		names = append(names, v.Name)
		if v.Type == "query" && v.Datasource != chosen {
			t.Errorf("variable %s asks data source %v", v.Name, v.Datasource)
		}
	}
	for _, want := range []string{"datasource", "cluster", "account"} {
		if !slices.Contains(names, want) {
			t.Errorf("no variable %s", want)
		}
	}
	// Grafana fills the variables in their order, and the others ask the data source.
	if len(d.Templating.List) > 0 && d.Templating.List[0].Type != "datasource" {
		t.Error("the first variable is not the data source")
	}
	// Those that begin with two underscores are Grafana's own.
	used := regexp.MustCompile(`\$\{?(\w+)`)
	check := func(place, expr string) {
		for _, found := range used.FindAllStringSubmatch(expr, -1) {
			if name := found[1]; !slices.Contains(names, name) && !strings.HasPrefix(name, "__") {
				t.Errorf("%s: no variable %s", place, name)
			}
		}
	}
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			check(p.Title+", query "+q.RefID, q.Expr)
		}
	}
	for _, a := range d.Annotations.List {
		if a.Datasource != chosen {
			t.Errorf("annotation %s asks data source %v", a.Name, a.Datasource)
		}
		check("annotation "+a.Name, a.Expr)
	}
}

// secondsUnit are the panels of durations below a minute. Longer ones read as 04:10:00, where
// the unit s and its like say 4.17 hours.
var secondsUnit = []string{"Latency", "Scrape"}

// checkPanels demands that panels do not overlap, ask the chosen data source, and have a
// title, a description and a unit.
func checkPanels(t *testing.T, panels []panel) {
	const gridColumns = 24 // of every dashboard

	ids, places := map[int]string{}, map[[2]int]string{} // titles by id, and by cell of the grid
	for _, p := range panels {
		if other, twice := ids[p.ID]; twice {
			t.Errorf("%q and %q have one id", other, p.Title)
		}
		ids[p.ID] = p.Title
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				cell := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other, taken := places[cell]; taken || cell[0] >= gridColumns {
					t.Fatalf("%q lies on %q, or beyond the edge", p.Title, other)
				}
				places[cell] = p.Title
			}
		}
		if p.Title == "" || p.Description == "" || p.FieldConfig.Defaults.Unit == "" {
			t.Errorf("panel %d %q: title, description %q or unit %q is missing", p.ID, p.Title, p.Description, p.FieldConfig.Defaults.Unit)
		}
		units := []string{p.FieldConfig.Defaults.Unit}
		for _, o := range p.FieldConfig.Overrides {
			for _, property := range o.Properties {
				if property.ID == "unit" {
					units = append(units, strings.Trim(string(property.Value), `"`))
				}
			}
		}
		for _, unit := range []string{"s", "m", "h", "d", "dtdurations", "dtdurationms"} {
			if slices.Contains(units, unit) && !slices.Contains(secondsUnit, p.Title) {
				t.Errorf("%q: the unit %s shows long durations as fractions, or without their rest", p.Title, unit)
			}
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
