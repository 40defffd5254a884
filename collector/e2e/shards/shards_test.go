// Package shards_test runs several exporters that divide or share the work.
package shards_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// accounts are in the shards 0, 2, 1 and 1 of 4. The last two use the same credentials.
var accounts = []string{"production", "partner", "eu", "asia"}

// configOf watches one batch in each account. eu, asia and account-1 use the same credentials.
func configOf(api *exportertest.API, accounts ...string) string {
	var text strings.Builder
	text.WriteString("polling: {interval: 1h}\naccounts:\n")
	for _, name := range accounts {
		key := strings.NewReplacer("asia", "eu", "account-1", "eu").Replace(name)
		fmt.Fprintf(&text, "  - {name: %s, endpoint: %q, requests_per_second: 2, credentials: {access_key_id: LTAI%s, access_key_secret: do-not-show}, instances: [{jobs: [job-%s]}]}\n",
			name, api.URL, key, name)
	}
	return text.String()
}

// seriesOf returns the series of accounts in a scrape: their names with their labels. Those that
// every shard has of every account are left out.
func seriesOf(metrics string) map[string]bool {
	series := make(map[string]bool)
	for line := range strings.Lines(metrics) {
		if name := line[:max(0, strings.LastIndexByte(line, ' '))]; strings.Contains(name, `account="`) && !strings.HasPrefix(name, "aliyun_iot_ota_exporter_account_shard{") {
			series[name] = true
		}
	}
	return series
}

// start starts one shard.
func start(t *testing.T, file string, number, total int, args ...string) *exportertest.Exporter {
	t.Helper()
	return exportertest.Start(t, append(args, "--config.file="+file, fmt.Sprintf("--shard=%d", number), fmt.Sprintf("--total-shards=%d", total))...)
}

// await waits until an exporter has polled the batches of exactly these accounts.
func await(t *testing.T, e *exportertest.Exporter, accounts ...string) {
	t.Helper()
	want := make(map[string]bool)
	for _, name := range accounts {
		want["job-"+name] = true
	}
	exportertest.Eventually(t, func() string { return cmp.Diff(want, e.Batches()) })
}

// All shards together show the series of one exporter that watches everything, and none twice.
// A shard without an account runs like any other.
func TestShardsShowTheWhole(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	file := exportertest.TempFile(t, "config.yml", configOf(api, accounts...))
	whole := exportertest.Start(t, "--config.file="+file)
	await(t, whole, accounts...)

	together := make(map[string]bool)
	for number, own := range [][]string{{"production"}, {"eu", "asia"}, {"partner"}, nil} {
		e := start(t, file, number, 4)
		await(t, e, own...)
		text := e.Metrics()
		exportertest.WantIn(t, text, fmt.Sprintf("\naliyun_iot_ota_exporter_shard %d\n", number), "\naliyun_iot_ota_exporter_total_shards 4\n")
		for series := range seriesOf(text) {
			if together[series] {
				t.Errorf("shard %d has %s, which another shard has too", number, series)
			}
			together[series] = true
		}
		for account, shard := range map[string]int{"production": 0, "partner": 2, "eu": 1, "asia": 1} {
			exportertest.WantIn(t, text, fmt.Sprintf("\naliyun_iot_ota_exporter_account_shard{account=%q,total_shards=\"4\"} %d\n", account, shard))
		}
		for _, page := range []string{"/-/ready", "/-/healthy", "/jobs", "/api/v1/jobs", "/"} {
			if status, body := e.Get(page); status != http.StatusOK {
				t.Errorf("shard %d: %s has status %d: %s", number, page, status, body)
			}
		}
		if nothing := strings.Contains(e.Log.String(), "this shard has nothing to watch"); nothing != (own == nil) {
			t.Errorf("shard %d with the accounts %v logs\n%s", number, own, e.Log)
		}
	}
	if diff := cmp.Diff(seriesOf(whole.Metrics()), together); diff != "" {
		t.Errorf("(-one exporter +all shards):\n%s", diff)
	}
}

// A new account appears in one shard, at a reload of the same file by all of them. The shard
// that had nothing to watch can be the one.
func TestReloadAcrossShards(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	file := exportertest.TempFile(t, "config.yml", configOf(api, "production"))
	shards := []*exportertest.Exporter{start(t, file, 0, 2), start(t, file, 1, 2)}
	await(t, shards[0], "production")
	await(t, shards[1])
	reload := func(text string) {
		exportertest.WriteFile(t, file, text)
		for number, e := range shards {
			if status, body := e.Ask(http.MethodPost, "/-/reload"); status != http.StatusOK {
				t.Fatalf("shard %d: status %d, body %s", number, status, body)
			}
		}
	}
	reload(configOf(api, "production", "eu"))
	await(t, shards[0], "production")
	await(t, shards[1], "eu")
	if n := api.TimesAsked("job-production"); n != 1 {
		t.Errorf("the batch of the account that stays was polled %d times, want once", n)
	}

	// account-1 has the credentials of eu and is the first in the alphabet: eu follows it.
	reload(configOf(api, "production", "eu", "account-1"))
	await(t, shards[0], "production", "eu", "account-1")
	await(t, shards[1])
	exportertest.WantIn(t, shards[1].Log.String(), `msg="another shard watches the account from now on" account=eu`)

	reload(configOf(api, "production", "eu"))
	await(t, shards[0], "production")
	await(t, shards[1], "eu")
	if n := api.TimesAsked("job-eu"); n != 2 {
		t.Errorf("the batch that left and came back was polled %d times, want once by each shard", n)
	}
}

// One shard more: only the accounts of the new shard move, with their data polled afresh
// there. When the shard is removed again, the others still know them.
func TestGrowAndShrink(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	file := exportertest.TempFile(t, "config.yml", configOf(api, "production", "partner"))
	state := []string{"--persistence.file=" + exportertest.TempFile(t, "state-0", "")}
	alone := start(t, file, 0, 1, state...)
	await(t, alone, "production", "partner")
	if err := alone.Stop(); err != nil {
		t.Fatal(err)
	}
	// Both are in shard 0 of 2. From 2 to 3, partner moves to shard 2.
	first := start(t, file, 0, 3, state...)
	await(t, first, "production")
	third := start(t, file, 2, 3)
	await(t, third, "partner")
	for id, want := range map[string]int{"job-production": 1, "job-partner": 2} {
		if n := api.TimesAsked(id); n != want {
			t.Errorf("%s was polled %d times, want %d", id, n, want)
		}
	}
	for _, e := range []*exportertest.Exporter{first, third} {
		if err := e.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	api.Close() // what is known now comes from the state file
	again := start(t, file, 0, 1, state...)
	if got := slices.Sorted(maps.Keys(again.Batches())); !slices.Equal(got, []string{"job-partner", "job-production"}) {
		t.Errorf("the first scrape shows %v", got)
	}
}
