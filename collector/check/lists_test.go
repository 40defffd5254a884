package check_test

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// The number of list calls in the plan is the number of calls that are made.
func TestPlanOfLists(t *testing.T) {
	for name, c := range map[string]struct {
		interval, discovery time.Duration
		wait                time.Duration
	}{
		"by the interval":           {15 * time.Second, time.Minute, 12 * time.Second},
		"by the discovery interval": {10 * time.Minute, time.Minute, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Setup.Rules.Interval, h.Setup.Rules.DiscoveryInterval = c.interval, c.discovery
				for _, fw := range harness.Numbered("fw", 20) {
					h.PutPackage(fw)
				}
				h.Discover(nil, harness.Numbered("fw", 20))
				var out bytes.Buffer
				if err := check.Config(&out, func() (target.Setup, error) { return h.Setup, nil }); err != nil {
					t.Fatal(err)
				}
				row := regexp.MustCompile(`ListOTAJobByFirmware  20 packages +10 +(\d+) +(\S+)`).FindStringSubmatch(out.String())
				if row == nil || row[2] != c.wait.String() {
					t.Fatalf("no row with interval %v in\n%s", c.wait, &out)
				}
				planned, _ := strconv.ParseFloat(row[1], 64)
				h.Apply()
				h.Pass(time.Minute)
				before := h.Calls(aliyun.OpListOTAJobByFirmware)
				h.Pass(10 * time.Minute)
				if made := float64(h.Calls(aliyun.OpListOTAJobByFirmware)-before) / 10; made < 0.97*planned || made > planned {
					t.Errorf("%.1f calls/min, want the planned %v", made, planned)
				}
			})
		})
	}
}

// If lists need more than the budget, the advice names the setting that determines the interval.
func TestPlanAdviceOnLists(t *testing.T) {
	for name, c := range map[string]struct {
		interval, discovery time.Duration
		want                string
	}{
		"the interval":           {10 * time.Second, time.Minute, "every 8s with 10 requests/s. Set polling.interval: 1m6s."},
		"the discovery interval": {10 * time.Minute, 10 * time.Second, "every 10s with 10 requests/s. Set polling.discovery_interval: 53s."},
	} {
		t.Run(name, func(t *testing.T) {
			account := target.Account{Name: "production", RequestsPerSecond: 10}
			account.Watch(harness.Region, harness.Instance(""), nil, nil, harness.Numbered("fw", 500))
			setup := target.Setup{Rules: target.Rules{Interval: c.interval, DiscoveryInterval: c.discovery}, Accounts: []target.Account{account}}
			var out bytes.Buffer
			if err := check.Config(&out, func() (target.Setup, error) { return setup, nil }); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), c.want) {
				t.Errorf("no %q in\n%s", c.want, &out)
			}
		})
	}
}
