package shards_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// The pages of a shard name it. The one without an account says that this is why it is empty.
// A batch of another shard is not just unknown: the answer names the shard to ask.
func TestPagesNameTheShard(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	file := exportertest.TempFile(t, "config.yml", configOf(api, accounts...))
	const partner, idle, whole = "the shard of partner", "the shard without an account", "an exporter that watches everything"
	exporters := map[string]*exportertest.Exporter{partner: start(t, file, 2, 4), idle: start(t, file, 3, 4), whole: start(t, file, 0, 1)}
	await(t, exporters[partner], "partner")
	await(t, exporters[whole], accounts...)

	const nothing = "No account of the configuration belongs to shard 3 of 4, so this exporter watches nothing."
	for _, c := range []struct {
		exporter, page string
		status         int
		want, lack     string
	}{
		{partner, "/", 200, "shard 2 of 4, counted from 0", ""},
		{partner, "/jobs", 200, "shard 2 of 4, counted from 0", nothing},
		{partner, "/jobs?account=eu", 200, "belongs to shard 1 of 4, and this is shard 2, counted from 0.", "None of the 1 batches matches."},
		{partner, "/jobs?account=other", 200, "None of the 1 batches matches.", "belongs to shard"},
		{partner, "/jobs?account=eu&lang=zh", 200, "属于分片 1（共 4 个，从 0 开始编号），而本 exporter 是分片 2。", "belongs to shard"},
		{partner, "/jobs/partner/job-partner", 200, "shard 2 of 4, counted from 0", ""},
		{partner, "/jobs/eu/job-eu", 404, "belongs to shard 1 of 4, and this is shard 2, counted from 0.", "polling.max_age"},
		{partner, "/jobs/partner/job-2", 404, "polling.max_age", "belongs to shard"},
		{partner, "/jobs/other/job-2", 404, "polling.max_age", "belongs to shard"},
		{partner, "/api/v1/jobs", 200, `"shard":2,"total_shards":4,"watched":1,`, ""},
		{partner, "/api/v1/jobs/eu/job-eu", 404, `{"error":"the exporter does not watch job \"job-eu\" of account \"eu\", which belongs to shard 1 of 4; this is shard 2"}`, ""},
		{partner, "/api/v1/jobs/partner/job-2", 404, `of account \"partner\""}`, "shard"},
		{idle, "/jobs", 200, nothing + " <code>--config.check --total-shards=4</code>", "No batch is watched yet"},
		{idle, "/jobs?lang=zh", 200, "分片 3（共 4 个，从 0 开始编号）没有分到配置文件中的任何账号", nothing},
		{idle, "/jobs/eu/job-eu?lang=zh", 404, "属于分片 1（共 4 个，从 0 开始编号），而本 exporter 是分片 3。", "polling.max_age"},
		{idle, "/api/v1/jobs", 200, `"shard":3,"total_shards":4,"watched":0,`, ""},
		{whole, "/", 200, "Firmware rollouts", "shard"},
		{whole, "/jobs", 200, "job-eu", "shard"},
		{whole, "/api/v1/jobs", 200, `"shard":0,"total_shards":1,"watched":4,`, ""},
	} {
		t.Run(c.page+" of "+c.exporter, func(t *testing.T) {
			status, body := exporters[c.exporter].Ask(http.MethodGet, c.page)
			if status != c.status || !strings.Contains(body, c.want) || c.lack != "" && strings.Contains(body, c.lack) {
				t.Errorf("status %d, want %d with %q and without %q:\n%s", status, c.status, c.want, c.lack, body)
			}
		})
	}
}
