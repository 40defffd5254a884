package pages

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/link"
)

// Site is all pages: they show the batches in the store and the schedule of the poller, and
// need both. The other fields are optional. The handlers are safe for concurrent use.
type Site struct {
	Store   *store.Store
	Poller  *poll.Poller
	Version string         // of the exporter, in the footer; "": none is shown
	Zone    *time.Location // shown beside UTC; nil: none
	// Grafana and Console are where the page of a batch links to. The zero value of one
	// means no link.
	Grafana, Console link.Template
}

// now returns the current time in the time zone of the pages.
func (s Site) now() time.Time {
	return time.Now().In(cmp.Or(s.Zone, time.UTC))
}

// landing is what the template of the landing page shows.
type landing struct {
	frame
	Links []landingLink
}

type landingLink struct{ Address, Text, Description string }

// Landing returns the handler of the landing page. Its links are relative, so that it works
// behind a proxy that serves the exporter in a folder.
func (s Site) Landing(name, metricsPath string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		send(w, "landing.html", landing{
			frame: frame{Title: name, Root: "./", Version: s.Version, now: s.now()},
			Links: []landingLink{
				{"jobs", "Batches", "status, progress, last error and next poll of each batch"},
				{"api/v1/jobs", "JSON", "the same for programs"},
				{strings.TrimPrefix(metricsPath, "/"), "Metrics", "metrics for Prometheus"},
				{"-/healthy", "Health", "200 while the exporter runs, even if the API is down"},
			},
		})
	})
}

// Jobs returns the handler of /jobs.
func (s Site) Jobs() http.Handler {
	return gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := parsePageQuery(r.URL.RawQuery)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		now := s.now()
		rows := pageRows(s.Store.Snapshot(), s.Store, now)
		outages, lists := findOutages(rows, s.Poller.ListFailures())
		view := query.view(r.Context(), rows, s.Poller, now)
		view.Version = s.Version
		view.showOutages(outages, s.Poller)
		view.showLists(lists)
		view.showProducts(s.Poller.ProductCounts())
		web.BreakOff(r)
		send(w, "jobs.html", view)
	}))
}
