package poll

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// These gauges show how several exporters divide the accounts. Each exporter shows the shards
// of all accounts, so that the others tell of one that is missing.
var (
	shardDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_shard",
		"Number of this exporter among the shards, from 0.", nil, nil)
	totalShardsDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_total_shards",
		"Number of exporters that divide the accounts of the configuration file among themselves.", nil, nil)
	accountShardDesc = prometheus.NewDesc("aliyun_iot_ota_exporter_account_shard",
		"Number of the shard that each account of the configuration file belongs to, from 0; also for accounts of other shards.", []string{"account", "total_shards"}, nil)
)

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
