package simulator

import (
	"fmt"
	"strings"
	"time"
)

// A real access key id starts so; these open nothing but the demo.
func demoKeyID(account string) string  { return "LTAIdemo" + account }
func demoSecret(account string) string { return "demo-secret-" + account }

// demoGone is a job id that the demo does not have.
var demoGone = demoID("DeletedBatchxxxxxx", 9999)

// DemoConfig is the configuration, in YAML, of an exporter that watches the demo at
// an endpoint such as http://127.0.0.1:8080.
func DemoConfig(endpoint string) string {
	jobs := map[string][]string{}
	for _, r := range demoFleet(time.Time{}) {
		at := r.firmware.Account + r.firmware.InstanceID
		jobs[at] = append(jobs[at], r.batch.JobID)
	}
	jobs["production"] = append(jobs["production"], demoGone)

	var b strings.Builder
	b.WriteString("polling:\n  interval: 5s\n  device_interval: 15s\n  discovery_interval: 30s\n  max_age: 1h\naccounts:\n")
	for _, account := range []struct {
		name, region string
		rate         int
		products     []Firmware // one an instance
	}{
		{"production", "cn-shanghai", 5, []Firmware{coldChain, eBike}},
		{"partner", "ap-southeast-1", 3, []Firmware{meter}},
	} {
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
`, account.name, account.region, endpoint, account.rate, demoKeyID(account.name), demoSecret(account.name))
		for _, p := range account.products {
			first := "      - "
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
