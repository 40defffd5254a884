package collector

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

var (
	slotsDesc = prometheus.NewDesc(selfNamespace+"_api_slots",
		"Slots of the rate budget: the most calls that can reach the API in any second.", []string{"account", "operation"}, nil)
	parkedDesc = prometheus.NewDesc(selfNamespace+"_api_slots_parked",
		"Slots that wait out a throttled answer, for 30 s on average.", []string{"account", "operation"}, nil)
	jobsDesc = prometheus.NewDesc(selfNamespace+"_jobs",
		"Batches that are watched, by why they are.", []string{"account", "origin"}, nil)
	promiseDesc = prometheus.NewDesc(selfNamespace+"_expected_poll_age_seconds",
		"Oldest that the data of an IN_PROGRESS batch gets as the budget stands now, while calls are answered.", []string{"account"}, nil)
)

// Describe implements [prometheus.Collector].
func (p *Poller) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{slotsDesc, parkedDesc, jobsDesc, promiseDesc} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector]: what the lanes are like right now.
func (p *Poller) Collect(ch chan<- prometheus.Metric) {
	p.mu.Lock()
	defer p.mu.Unlock()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for name, l := range p.lanes {
		slots, parked := l.slots.Count()
		gauge(slotsDesc, float64(slots), name, aliyun.OpQueryOTAJob)
		gauge(parkedDesc, float64(parked), name, aliyun.OpQueryOTAJob)
		l.mu.Lock()
		promise := l.plan.promise(parked, l.rtt)
		origins := make(map[Origin]int)
		for _, b := range l.plan.batches {
			origins[b.state.Origin]++
		}
		l.mu.Unlock()
		gauge(promiseDesc, promise.Seconds(), name)
		for _, origin := range Origins {
			gauge(jobsDesc, float64(origins[origin]), name, string(origin))
		}
	}
}
