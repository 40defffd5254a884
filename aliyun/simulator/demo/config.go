package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// keyOf returns the key of an account. It looks like a real key but is valid only in the
// demo.
func keyOf(account string) gateway.Key {
	return gateway.Key{ID: "LTAIdemo" + account, Secret: "demo-secret-" + account}
}

// configFor returns the YAML configuration of an exporter that watches the demo at an
// endpoint, such as http://127.0.0.1:8080. One of its jobs does not exist.
func configFor(endpoint string) string {
	jobs := map[string][]string{}
	for _, r := range rollouts(time.Time{}) {
		at := r.firmware.Account + r.firmware.InstanceID
		jobs[at] = append(jobs[at], r.batch.JobID)
	}
	jobs["production"] = append(jobs["production"], deletedBatch)

	var b strings.Builder
	b.WriteString("polling:\n  interval: 5s\n  device_interval: 15s\n  discovery_interval: 30s\n  max_age: 1h\n" +
		"failure_reasons:\n  - {reason: flash_full, match: '(?i)no space'}\n  - {reason: low_battery, match: '(?i)battery'}\naccounts:\n")
	for _, account := range []struct {
		name, region string
		rate         int
		products     []fleet.Firmware // one per instance
	}{
		{"production", "cn-shanghai", 5, []fleet.Firmware{coldChain, eBike}},
		{"partner", "ap-southeast-1", 3, []fleet.Firmware{meter}},
	} {
		key := keyOf(account.name)
		fmt.Fprintf(&b, `  - name: %s
    region: %s
    endpoint: %q
    requests_per_second: %d
    device_counts: true
    bulk_status: true
    credentials:
      access_key_id: %s
      access_key_secret: %s
    instances:
`, account.name, account.region, endpoint, account.rate, key.ID, key.Secret)
		for _, p := range account.products {
			first := "      - " // the beginning of the first key of the instance
			if p.InstanceID != "" {
				fmt.Fprintf(&b, "      - id: %s\n", p.InstanceID)
				first = "        "
			}
			fmt.Fprintf(&b, "%sjobs:\n", first)
			for _, id := range jobs[account.name+p.InstanceID] {
				fmt.Fprintf(&b, "          - %s\n", id)
			}
			fmt.Fprintf(&b, "        discover:\n          products: [%s]\n", p.ProductKey)
		}
	}
	return b.String()
}
