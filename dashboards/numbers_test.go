package dashboards_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// checkNumbers demands that the reader of a table sees the meaning of each number: words where
// the API has numbers for them, such as DynamicMode, and dates instead of the seconds since 1970.
func checkNumbers(t *testing.T, server prometheus) {
	number := regexp.MustCompile(`^\d+$`)
	jobs, err := server.query(t.Context(), "group by (job_id) (aliyun_iot_ota_job_info)")
	if err != nil {
		t.Fatal(err)
	}
	facts, dates := map[string]bool{}, 0
	for _, d := range load(t) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				batches := []series{{}}
				if strings.Contains(q.Expr, "$job_id") {
					batches = jobs
				}
				for _, batch := range batches {
					expr := d.substitute(q.Expr, batch["job_id"])
					if p.Type == "table" {
						rows, err := server.query(t.Context(), expr)
						if err != nil {
							t.Fatal(err)
						}
						for _, row := range rows {
							facts[row["fact"]] = true
							for label, value := range row {
								if label != "version" && number.MatchString(value) { // a version may be a number
									t.Errorf("%s/%s shows %s=%s: %v", d.Title, p.Title, label, value, row)
								}
							}
						}
					}
					// Grafana wants milliseconds.
					seconds, err := server.query(t.Context(), "("+expr+") > 1e9 < 1e11")
					if err != nil {
						t.Fatal(err)
					}
					moments, err := server.query(t.Context(), "("+expr+") > 1.1e12") // 1e12 is no deadline
					if err != nil {
						t.Fatal(err)
					}
					unit := p.unit(q.RefID)
					if unit != "" && len(seconds) > 0 || unit != "" && unit != "dateTimeAsIso" && len(moments) > 0 {
						t.Errorf("%s/%s/%s shows moments with the unit %q, of which %d in seconds", d.Title, p.Title, q.RefID, unit, len(seconds))
					} else if unit != "" && len(moments) > 0 {
						dates++
					}
				}
			}
		}
	}
	if !facts["Dynamic mode"] || !facts["Overwrite mode"] || dates < 10 {
		t.Errorf("the demo shows the facts %v and %d answers with dates", facts, dates)
	}
}

// unit is that of the numbers which a query of the panel returns, "" if they are not shown.
func (p panel) unit(refID string) string {
	column := "Value"
	if len(p.Targets) > 1 {
		column += " #" + refID
	}
	for _, transformation := range p.Transformations {
		if transformation.Options.ExcludeByName[column] {
			return ""
		}
		if name := transformation.Options.RenameByName[column]; name != "" {
			column = name
		}
	}
	unit := p.FieldConfig.Defaults.Unit
	for _, o := range p.FieldConfig.Overrides {
		matcher, _ := o.Matcher.Options.(string)
		pattern, isPattern := strings.CutPrefix(matcher, "/")
		fits := matcher == column
		if isPattern {
			fits = regexp.MustCompile(strings.TrimSuffix(pattern, "/")).MatchString(column)
		}
		for _, property := range o.Properties {
			if fits && property.ID == "unit" {
				_ = json.Unmarshal(property.Value, &unit)
			}
		}
	}
	return unit
}
