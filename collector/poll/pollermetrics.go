package poll

import (
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// accountGauge is one gauge of the exporter about an account.
type accountGauge struct {
	desc *prometheus.Desc
	// read emits the samples of an account. emit takes the values of the labels after
	// account. states are those of the account. a.mu is held.
	read func(a *account, states []*store.State, emit func(value float64, labels ...string))
}

// newAccountGauge names the labels after account.
func newAccountGauge(name, help string, labels []string, read func(*account, []*store.State, func(float64, ...string))) accountGauge {
	return accountGauge{prometheus.NewDesc(name, help, append([]string{"account"}, labels...), nil), read}
}

// accountGauges are the exporter's gauges about each account. A new one is one row here.
var accountGauges = []accountGauge{
	newAccountGauge("aliyun_iot_ota_exporter_api_slots", "Slots of the rate budget: the most calls that can reach the API in one second.", []string{"operation"},
		func(a *account, _ []*store.State, emit func(float64, ...string)) {
			for _, l := range a.neededLanes() {
				slots, _ := l.slots.Count()
				emit(float64(slots), l.operation)
			}
		}),
	newAccountGauge("aliyun_iot_ota_exporter_api_slots_parked", "Slots that pause after a throttled answer, for 30 s on average.", []string{"operation"},
		func(a *account, _ []*store.State, emit func(float64, ...string)) {
			for _, l := range a.neededLanes() {
				_, parked := l.slots.Count()
				emit(float64(parked), l.operation)
			}
		}),
	newAccountGauge("aliyun_iot_ota_exporter_jobs", "Watched batches, by origin.", []string{"origin"},
		func(_ *account, states []*store.State, emit func(float64, ...string)) {
			batches := make(map[target.Origin]int)
			for _, s := range states {
				batches[s.Origin]++
			}
			for _, origin := range target.Origins {
				emit(float64(batches[origin]), string(origin))
			}
		}),
	newAccountGauge("aliyun_iot_ota_exporter_expected_poll_age_seconds", "Expected worst age of the data of an IN_PROGRESS batch with the current rate budget, while calls are answered.", nil,
		func(a *account, _ []*store.State, emit func(float64, ...string)) {
			emit(a.worstAge(time.Now()).Seconds())
		}),
	newAccountGauge("aliyun_iot_ota_exporter_discovery_lists_failing", "Firmware lists and job lists whose last read failed, so new entries in them are not found.", []string{"operation"},
		func(a *account, _ []*store.State, emit func(float64, ...string)) {
			_, failing := a.discovered()
			for operation, n := range failing {
				emit(float64(n), operation)
			}
		}),
	newAccountGauge("aliyun_iot_ota_exporter_discovery_last_success_timestamp_seconds", "When discovery was last complete, in Unix time: the oldest of the last successful reads of its lists.", nil,
		func(a *account, _ []*store.State, emit func(float64, ...string)) {
			if oldest, _ := a.discovered(); !oldest.IsZero() {
				emit(float64(oldest.UnixMilli()) / 1000)
			}
		}),
	newAccountGauge("aliyun_iot_ota_exporter_discovery_firmwares", "Packages found for each discovered product; 0 for a mistyped ProductKey.", []string{"product_key"},
		func(a *account, _ []*store.State, emit func(float64, ...string)) {
			packages := make(map[string]int) // by ProductKey, in all instances
			for _, c := range a.productCounts() {
				packages[c.ProductKey] += c.Packages
			}
			for productKey, n := range packages {
				emit(float64(n), productKey)
			}
		}),
}

// These gauges show how several exporters divide the accounts. Each exporter shows the shards
// of all accounts, so that the metrics of one tell which accounts have no data while another
// is missing.
var (
	shardDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_shard",
		"Number of this exporter among the shards, from 0.", nil, nil)
	totalShardsDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_total_shards",
		"Number of exporters that divide the accounts of the configuration file among themselves.", nil, nil)
	accountShardDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_account_shard",
		"Number of the shard that each account of the configuration file belongs to, from 0; also for accounts of other shards.", []string{"account", "total_shards"}, nil)
)

// neededLanes returns the lanes of the operations that the configuration needs. a.mu is
// held.
func (a *account) neededLanes() []*lane {
	needed := a.config.Operations()
	return slices.DeleteFunc(slices.Clone(a.lanes), func(l *lane) bool { return !slices.Contains(needed, l.operation) })
}

// Describe implements [prometheus.Collector].
func (p *Poller) Describe(ch chan<- *prometheus.Desc) {
	for _, g := range accountGauges {
		ch <- g.desc
	}
	ch <- shardDesc
	ch <- totalShardsDesc
	ch <- accountShardDesc
	for _, c := range p.calls.collectors() {
		c.Describe(ch)
	}
}

// Collect implements [prometheus.Collector]. It sends nothing while it holds a lock.
func (p *Poller) Collect(ch chan<- prometheus.Metric) {
	for name, a := range p.all() {
		for _, m := range a.gauges(p.store.Account(name)) {
			ch <- m
		}
	}
	p.collectShards(ch)
	for _, c := range p.calls.collectors() {
		c.Collect(ch)
	}
}

// collectShards sends the gauges of the shards.
func (p *Poller) collectShards(ch chan<- prometheus.Metric) {
	division := p.Division()
	send := func(desc *prometheus.Desc, value int, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...)
	}
	send(shardDesc, division.Number)
	send(totalShardsDesc, division.Total)
	for account, number := range division.Shards() {
		send(accountShardDesc, number, account, strconv.Itoa(division.Total))
	}
}

// worstAge is the oldest that the status of a live batch gets as things stand. a.mu is
// held.
func (a *account) worstAge(now time.Time) time.Duration {
	calls, longest := a.jobLists.calls()
	byLists := a.jobListLane.capacity(a.config.Timeout, a.rtt).WorstAge(calls, a.jobLists.due.Wait(), 0)
	byLists = max(byLists, time.Duration(longest)*a.rtt) // page by page
	return a.plan.WorstAge(now, byLists, a.jobQueryLane.capacity(a.config.Timeout, a.rtt))
}

// gauges returns the samples of all gauges of an account.
func (a *account) gauges(states []*store.State) (samples []prometheus.Metric) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, g := range accountGauges {
		g.read(a, states, func(value float64, labels ...string) {
			labels = append([]string{a.name}, labels...)
			samples = append(samples, prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, value, labels...))
		})
	}
	return samples
}
