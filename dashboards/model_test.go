package dashboards_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// dashboard is the part of Grafana's model that is looked at here.
type dashboard struct {
	UID           string
	Title         string
	Description   string
	SchemaVersion int
	Editable      bool
	Refresh       string
	ID            *int              // in the database of one Grafana
	Inputs        []json.RawMessage `json:"__inputs"` // filled in by an import by hand, but not by provisioning
	Links         []link
	Panels        []panel
	Annotations   struct{ List []annotation }
	Templating    struct{ List []variable }
}

type panel struct {
	ID            int
	Type          string
	Title         string
	Description   string
	Datasource    datasource
	GridPos       struct{ X, Y, W, H int }
	Targets       []target
	MaxDataPoints int
	FieldConfig   struct {
		Defaults struct {
			Unit  string
			Links []link
		}
		Overrides []struct {
			Matcher    struct{ Options any }
			Properties []struct {
				ID    string
				Value json.RawMessage
			}
		}
	}
	Transformations []struct {
		Options struct {
			ExcludeByName map[string]bool
			RenameByName  map[string]string
		}
	}
}

type target struct {
	RefID, Expr, LegendFormat string
	Range                     bool // a query for each step of the time range, not only for its end
	Datasource                datasource
}

type annotation struct {
	Name, Expr, TitleFormat, TextFormat string
	Datasource                          datasource
}

type variable struct {
	Name, Type, Regex, AllValue string
	Query                       json.RawMessage // a string, or an object with one
	Datasource                  datasource
}

type datasource struct{ Type, UID string }

// load reads every English dashboard, by the name of its file.
func load(t testing.TB) map[string]dashboard {
	t.Helper()
	return loadFrom(t, "*.json")
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s (%v)", pattern, err)
	}
	return files
}

// loadFrom reads the dashboards in the files that fit a pattern.
func loadFrom(t testing.TB, pattern string) map[string]dashboard {
	t.Helper()
	all := map[string]dashboard{}
	for _, file := range glob(t, pattern) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = d
	}
	return all
}

// chosen is the data source that the reader has chosen in the variable datasource.
var chosen = datasource{"prometheus", "${datasource}"}
