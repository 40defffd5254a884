package dashboards_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// link is in the head of a dashboard, or behind the values of a panel.
type link struct{ Title, URL string }

// checkLinks demands a link to each other dashboard. Every link must lead to a dashboard
// that there is, and set no variable that it does not have.
func checkLinks(t *testing.T, d dashboard, all map[string]dashboard) {
	// A link has the path of a dashboard, and may set or pass on variables.
	target := regexp.MustCompile(`^/d/([\w-]+)(?:$|[?/])`)
	set := regexp.MustCompile(`[?&](?:var-(\w+)=|\$\{(\w+):queryparam\})`)
	linked := map[string]bool{d.UID: true}
	check := func(place string, l link) {
		found := target.FindStringSubmatch(l.URL)
		if found == nil {
			t.Errorf("%s: %q does not begin with the path of a dashboard", place, l.URL)
			return
		}
		for _, other := range all {
			if other.UID != found[1] {
				continue
			}
			linked[other.UID] = true
			for _, name := range set.FindAllStringSubmatch(l.URL, -1) {
				if v := name[1] + name[2]; !slices.ContainsFunc(other.Templating.List, func(has variable) bool { return has.Name == v }) {
					t.Errorf("%s: %s has no variable %s", place, other.UID, v)
				}
			}
			return
		}
		t.Errorf("%s: there is no dashboard %s", place, found[1])
	}
	for _, l := range d.Links {
		check("links", l)
	}
	for _, other := range uids {
		if !linked[other] {
			t.Errorf("no link to %s", other)
		}
	}
	for _, p := range d.Panels {
		for _, l := range p.FieldConfig.Defaults.Links {
			check(p.Title, l)
		}
		for _, o := range p.FieldConfig.Overrides {
			for _, property := range o.Properties {
				if property.ID != "links" {
					continue
				}
				for _, l := range decodeLinks(t, property.Value) {
					if !strings.HasPrefix(l.URL, "${runbooks:raw}") { // which the test of the alerts looks at
						check(p.Title, l)
					}
				}
			}
		}
	}
}

func decodeLinks(t *testing.T, text json.RawMessage) (links []link) {
	t.Helper()
	if err := json.Unmarshal(text, &links); err != nil || len(links) == 0 {
		t.Fatalf("links %s: %v", text, err)
	}
	return links
}
