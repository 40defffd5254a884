package pages

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

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
