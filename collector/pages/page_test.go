package pages_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// watchPageFleet watches a batch of each kind for an hour.
func watchPageFleet(h *harness.Harness) {
	h.T.Helper()
	began := time.Now()
	n := 0
	add := func(jobID, name string, change func(b *fleet.Batch)) {
		n++
		b := harness.Ordinary(began)
		b.JobID, b.FirmwareID = jobID, fmt.Sprintf("Ufuxnwygsuffc6LQ%04d", n)
		h.Sim.AddFirmware(fleet.Firmware{Account: "main", ID: b.FirmwareID, Name: name, ProductKey: "a1Fluid", DestVersion: fmt.Sprintf("2.%d.0", n)})
		change(&b)
		h.Add(b)
	}
	h.CountDevices()
	add("late", "Pump", func(b *fleet.Batch) {
		b.Create, b.TimeoutInMinutes, b.Desc = b.Create.Add(-30*time.Hour), 0, "some never came back"
		b.Devices = fleet.Devices{Count: 200, Report: time.Minute, Install: time.Minute, Offline: 0.1, Fail: 0.25}
	})
	add("soon", "Valve", func(b *fleet.Batch) { b.Desc, b.TimeoutInMinutes = "冷链 全量", 200 })
	add("dynamic", "Meter", func(b *fleet.Batch) { b.SelectionType, b.DynamicMode = "DYNAMIC", 1 })
	add("planned", "Gate", func(b *fleet.Batch) { b.Schedule = began.Add(26 * time.Hour) })
	add("done", "Lamp", func(b *fleet.Batch) {
		b.Devices = fleet.Devices{Count: 10, Report: time.Minute, Install: time.Minute}
	})
	h.Watch("gone")
	h.Pass(time.Minute)
	h.Sim.Inject(gateway.Fault{JobID: "dynamic", Code: "iot.system.SystemException", Message: "try <later>"})
	h.Pass(time.Hour)
}

// The page equals its golden file, and each cell has the title of its column.
func TestJobsPage(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		watchPageFleet(h)
		checkGoldenPage(t, "jobs.html", h.Page(""))
		root := harness.Document(t, h.Page(""))
		for _, row := range harness.Elements(harness.Elements(root, "tbody")[0], "tr") {
			var titles []string
			for _, td := range harness.Elements(row, "td") {
				titles = append(titles, harness.Attribute(td, "data-title"))
			}
			var heads []string
			for _, th := range harness.Elements(harness.Elements(root, "thead")[0], "th") {
				heads = append(heads, harness.Text(th))
			}
			if !slices.Equal(heads[1:], titles) {
				t.Fatalf("cells %q under the headings %q", titles, heads)
			}
		}
	})
}

func TestJobsPageFiltersAndSorts(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		watchPageFleet(h)
		for name, c := range map[string]struct {
			query string
			want  string // JobIds, from top to bottom
		}{
			"all, what needs someone first":        {"", "dynamic gone late soon planned done"},
			"a status":                             {"status=IN_PROGRESS", "dynamic late soon"},
			"without data":                         {"status=NO_DATA", "gone"},
			"a status that no batch has":           {"status=CANCELED", ""},
			"a status in lower case":               {"status=in_progress", "dynamic late soon"},
			"without data, in mixed case":          {"status=No_Data", "gone"},
			"a filter in upper case":               {"only=FAILING", "dynamic gone"},
			"a column in upper case":               {"sort=-BATCH", "soon late dynamic done planned gone"},
			"no refresh":                           {"refresh=0&status=CANCELED", ""},
			"an account in another case":           {"account=Production", ""},
			"an account":                           {"account=production", "dynamic gone late soon planned done"},
			"another account":                      {"account=partner", ""},
			"those that fail":                      {"only=failing", "dynamic gone"},
			"past the deadline":                    {"only=overdue", "late"},
			"those of a status that fail":          {"only=failing&status=IN_PROGRESS", "dynamic"},
			"a text in the name, in another case":  {"text=vALve", "soon"},
			"a text in the description":            {"text=%E5%86%B7%E9%93%BE", "soon"},
			"a text in the job id":                 {"text=one", "gone done"},
			"a text in an error":                   {"text=%3Clater%3E", "dynamic"},
			"a tag":                                {"text=owner=cold-chain", "dynamic late soon planned done"},
			"two words of one batch":               {"text=never+2.1", "late"},
			"two words of different batches":       {"text=Pump+Valve", ""},
			"by batch":                             {"sort=batch", "planned done dynamic late soon gone"},
			"by batch, descending":                 {"sort=-batch", "soon late dynamic done planned gone"},
			"by progress, no progress last":        {"sort=-progress&text=owner", "done late dynamic planned soon"},
			"by the age of data, no data last":     {"sort=age&status=IN_PROGRESS", "late soon dynamic"},
			"by the age of data, the oldest first": {"sort=-age&status=IN_PROGRESS", "dynamic soon late"},
			"by the deadline, no deadline last":    {"sort=deadline", "late soon done dynamic gone planned"},
			"by the deadline, descending":          {"sort=-deadline", "soon late done dynamic gone planned"},
			"by the last error":                    {"sort=error&only=failing", "gone dynamic"},
			"by the last error, no error last":     {"sort=-error", "dynamic gone done late planned soon"},
			"by status":                            {"sort=status", "dynamic late soon planned gone done"},
		} {
			root := harness.Document(t, h.Page(c.query))
			if got := harness.Rows(root); !slices.Equal(got, strings.Fields(c.want)) {
				t.Errorf("%s, ?%s: %q, want %q", name, c.query, got, c.want)
			}
			if got := len(harness.Elements(root, "table")) == 1; got != (c.want != "") {
				t.Errorf("%s: a table: %t", name, got)
			}
		}
	})
}
