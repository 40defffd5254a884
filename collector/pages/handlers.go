package pages

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// landing is what the template of the landing page shows.
type landing struct {
	frame
	Links []landingLink
}

type landingLink struct{ Address, Text, Description string }

// NewLandingPage returns the handler of the landing page, which is safe for concurrent use. Its
// links are relative, so that it works behind a proxy that serves the exporter in a folder.
func NewLandingPage(name, metricsPath string, o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		send(w, "landing.html", landing{
			frame: frame{Title: name, Root: "./", Version: o.Version, now: o.now()},
			Links: []landingLink{
				{"jobs", "Batches", "status, progress, last error and next poll of each batch"},
				{"api/v1/jobs", "JSON", "the same for programs"},
				{strings.TrimPrefix(metricsPath, "/"), "Metrics", "metrics for Prometheus"},
				{"-/healthy", "Health", "200 while the exporter runs, even if the API is down"},
			},
		})
	})
}

// NewJobsPage returns the handler of /jobs, which is safe for concurrent use. It shows the
// batches in the store and the schedule of the poller.
func NewJobsPage(store *store.Store, poller *poll.Poller, o Options) http.Handler {
	return gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := parsePageQuery(r.URL.RawQuery)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		now := o.now()
		rows := pageRows(store.Snapshot(), store, now)
		outages, lists := findOutages(rows, poller.ListFailures())
		view := query.view(r.Context(), rows, poller, now)
		view.Version = o.Version
		view.showOutages(outages, poller)
		view.showLists(lists)
		view.showProducts(poller.ProductCounts())
		web.BreakOff(r)
		send(w, "jobs.html", view)
	}))
}
