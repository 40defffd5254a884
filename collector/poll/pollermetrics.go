package poll

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

var (
	slotsDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_api_slots",
		"Slots of the rate budget: the most calls that can reach the API in one second.", []string{"account", "operation"}, nil)
	parkedDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_api_slots_parked",
		"Slots that pause after a throttled answer, for 30 s on average.", []string{"account", "operation"}, nil)
	jobsDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_jobs",
		"Watched batches, by origin.", []string{"account", "origin"}, nil)
	failingListsDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_discovery_lists_failing",
		"Firmware lists and job lists whose last read failed, so new entries in them are not found.", []string{"account", "operation"}, nil)
	discoveredDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_discovery_last_success_timestamp_seconds",
		"When discovery was last complete, in Unix time: the oldest of the last successful reads of its lists.", []string{"account"}, nil)
	productsDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_discovery_firmwares",
		"Packages found for each discovered product; 0 for a mistyped ProductKey.", []string{"account", "product_key"}, nil)
	worstAgeDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_expected_poll_age_seconds",
		"Expected worst age of the data of an IN_PROGRESS batch with the current rate budget, while calls are answered.", []string{"account"}, nil)
)

// Describe implements [prometheus.Collector].
func (p *Poller) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{slotsDesc, parkedDesc, jobsDesc, worstAgeDesc, failingListsDesc, discoveredDesc, productsDesc} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (p *Poller) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for name, a := range p.all() {
		a.mu.Lock()
		operations := a.config.Operations()
		age := a.worstAge(time.Now())
		discovered, failing := a.discovered()
		packages := make(map[string]int) // by ProductKey, in all instances
		for _, c := range a.productCounts() {
			packages[c.ProductKey] += c.Packages
		}
		a.mu.Unlock()
		origins := make(map[target.Origin]int)
		for _, s := range p.store.Account(name) {
			origins[s.Origin]++
		}
		for _, l := range a.lanes.all() {
			if !slices.Contains(operations, l.operation) {
				continue
			}
			slots, parked := l.slots.Count()
			gauge(slotsDesc, float64(slots), name, l.operation)
			gauge(parkedDesc, float64(parked), name, l.operation)
		}
		gauge(worstAgeDesc, age.Seconds(), name)
		for _, origin := range target.Origins {
			gauge(jobsDesc, float64(origins[origin]), name, string(origin))
		}
		for operation, n := range failing {
			gauge(failingListsDesc, float64(n), name, operation)
		}
		for productKey, n := range packages {
			gauge(productsDesc, float64(n), name, productKey)
		}
		if !discovered.IsZero() {
			gauge(discoveredDesc, float64(discovered.UnixMilli())/1000, name)
		}
	}
}

// worstAge is the oldest that the status of a live batch gets as things stand. a.mu is
// held.
func (a *account) worstAge(now time.Time) time.Duration {
	calls, longest := a.jobLists.calls()
	byLists := a.lanes.jobLists.capacity(a.config.Timeout, a.rtt).WorstAge(calls, a.jobLists.due.Wait(), 0)
	byLists = max(byLists, time.Duration(longest)*a.rtt) // page by page
	return a.plan.WorstAge(now, byLists, a.lanes.jobQueries.capacity(a.config.Timeout, a.rtt))
}
