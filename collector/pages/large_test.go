package pages_test

import (
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// A large fleet is shown a hundred batches at a time, each batch once.
func TestJobsPageOfALargeFleet(t *testing.T) {
	const fleet = 2_000
	handler := harness.SiteOfStore(harness.FilledStore(t, fleet)).Jobs()
	seen := make(map[string]bool)
	pages := 0
	for next := "?status=IN_PROGRESS&refresh=1"; next != ""; pages++ {
		w := harness.GetPage(handler, next[1:])
		if n := w.Body.Len(); n > 200_000 {
			t.Fatalf("a page of %d bytes", n)
		}
		root := harness.Document(t, w)
		ids := harness.Rows(root)
		if len(ids) == 0 || len(ids) > 100 {
			t.Fatalf("%s: %d rows", next, len(ids))
		}
		for _, id := range ids {
			if seen[id] {
				t.Fatalf("%s: %s appears twice", next, id)
			}
			seen[id] = true
		}
		next = ""
		for _, a := range harness.Elements(root, "a") {
			if harness.Attribute(a, "rel") == "next" {
				next = harness.Attribute(a, "href")
			}
		}
	}
	if len(seen) != fleet/len(aliyun.Statuses) || pages != fleet/len(aliyun.Statuses)/100 {
		t.Errorf("%d batches in %d pages", len(seen), pages)
	}
	beyond := harness.Document(t, harness.GetPage(handler, "page=5000"))
	if got := harness.Text(harness.Elements(beyond, "nav")[1]); got != "← previous 1,901–2,000 of 2,000 JSON CSV" {
		t.Errorf("beyond the last page: %q", got)
	}
}
