package rules_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

var whole = target.Shard{Number: 0, Total: 1}

// alertsOf returns which alerts fire after each minute of a recording, without the instance.
func alertsOf(t *testing.T, r recording) (all []map[string]bool) {
	t.Helper()
	s := newServer(t)
	s.replay(r, func(time.Time) {
		now := make(map[string]bool)
		for _, g := range s.groups {
			for _, r := range g.AlertingRules() {
				for _, a := range r.ActiveAlerts() {
					if a.State == rules.StateFiring {
						now[r.Name()+" "+labels.NewBuilder(a.Labels).Del("instance", labels.MetricName).Labels().String()] = true
					}
				}
			}
		}
		all = append(all, now)
	})
	return all
}

// near reports whether an alert fires within a few minutes of a minute. Exporters poll at
// different times, so alerts on the same fact begin and end a little apart.
func near(all []map[string]bool, minute int, alert string) bool {
	for i := max(0, minute-3); i <= min(len(all)-1, minute+3); i++ {
		if all[i][alert] {
			return true
		}
	}
	return false
}

// Real exporters against one fleet with the documented quota: a pair with half the budget
// each, and shards, give the alerts of a single exporter, and are never throttled. When one of
// the pair is killed, nothing changes. When the other is killed too, OTAExporterDown fires for
// each account.
func TestPairEndToEnd(t *testing.T) {
	const first, second, end = 100 * time.Minute, 140 * time.Minute, 165 * time.Minute
	one := alertsOf(t, record(t, end, exporterRun{instance: "a", rate: 10, shard: whole}))
	kinds := make(map[string]bool)
	for _, now := range one {
		for alert := range now {
			name, _, _ := strings.Cut(alert, " ")
			kinds[name] = true
		}
	}
	for _, name := range []string{"OTAJobStuck", "OTAJobNoProgress", "OTAJobFailureRatioHigh", "OTAJobStartMissed", "OTAJobScheduleOverrun",
		"OTAJobCanceledWithLiveDevices", "OTAJobGone", "OTAJobUnknownStatus", "OTADiscoveryEmpty"} {
		if !kinds[name] {
			t.Errorf("%s never fires with one exporter, so this test says nothing about it; these fire: %v", name, slices.Sorted(maps.Keys(kinds)))
		}
	}
	for name, c := range map[string]struct {
		exporters []exporterRun
		until     time.Duration // when the last exporter is killed
	}{
		"a pair": {[]exporterRun{
			{instance: "a", rate: 5, shard: whole, killed: first},
			{instance: "b", rate: 5, shard: whole, killed: second},
		}, second},
		"three shards, one without an account": {[]exporterRun{
			{instance: "a", rate: 10, shard: target.Shard{Number: 0, Total: 3}},
			{instance: "b", rate: 10, shard: target.Shard{Number: 1, Total: 3}},
			{instance: "c", rate: 10, shard: target.Shard{Number: 2, Total: 3}},
		}, end},
	} {
		t.Run(name, func(t *testing.T) {
			several := alertsOf(t, record(t, end, c.exporters...))
			until := int(c.until / time.Minute)
			for minute := range until {
				for alert := range one[minute] {
					if !near(several[:until], minute, alert) {
						t.Errorf("missing after %d minutes: %s", minute, alert)
					}
				}
				for alert := range several[minute] {
					if !near(one, minute, alert) {
						t.Errorf("too much after %d minutes: %s", minute, alert)
					}
				}
			}
			for _, account := range fleetAccounts {
				down := `OTAExporterDown {account="` + account + `", alertname="OTAExporterDown", severity="critical"}`
				if fires := several[len(several)-1][down]; fires != (c.until < end) {
					t.Errorf("%s fires at the end: %v, want %v", down, fires, c.until < end)
				}
			}
		})
	}
}

// Whatever leaves an account without an exporter, there is one OTAExporterDown for it, and none
// for the account that is watched.
func TestMissingShardEndToEnd(t *testing.T) {
	const killed = 15 // minutes
	of := func(instance string, number, total int) exporterRun {
		return exporterRun{instance: instance, rate: 5, shard: target.Shard{Number: number, Total: total}}
	}
	down := of("b", 2, 3)
	down.killed = killed * time.Minute
	for name, c := range map[string]struct {
		exporters   []exporterRun
		first, last int // the minute from which it fires is between these; 0: never
	}{
		"a shard never ran":                      {[]exporterRun{of("a", 0, 3)}, 10, 12},
		"a shard is down":                        {[]exporterRun{of("a", 0, 3), down}, killed + 10, killed + 17},
		"one exporter of a shard is down":        {[]exporterRun{of("a", 0, 3), down, of("c", 2, 3)}, 0, 0},
		"two exporters have the same number":     {[]exporterRun{of("a", 0, 3), of("b", 0, 3)}, 10, 12},
		"a shard without an account never ran":   {[]exporterRun{of("a", 0, 3), of("b", 2, 3)}, 0, 0},
		"two totals, and nobody has the account": {[]exporterRun{of("a", 0, 3), of("b", 1, 2)}, 10, 12},
	} {
		t.Run(name, func(t *testing.T) {
			from := 0
			for minute, now := range alertsOf(t, record(t, (killed+25)*time.Minute, c.exporters...)) {
				var fires []string
				for alert := range now {
					if strings.HasPrefix(alert, "OTAExporterDown ") {
						fires = append(fires, alert)
					}
				}
				if len(fires) > 0 && from == 0 {
					from = minute
				}
				want := []string(nil)
				if from > 0 {
					want = []string{`OTAExporterDown {account="partner", alertname="OTAExporterDown", severity="critical"}`}
				}
				if !slices.Equal(fires, want) {
					t.Fatalf("after %d minutes these fire: %v, want %v", minute, fires, want)
				}
			}
			if from < c.first || from > c.last {
				t.Errorf("it fires from minute %d on, want %d to %d", from, c.first, c.last)
			}
		})
	}
}
