package check

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

const (
	// assumedRTT is the round-trip time of a call in the plan.
	assumedRTT = 50 * time.Millisecond
	// maxRate is the documented limit of each operation and main account, in requests/s.
	maxRate = 10
)

// Config writes the plan of a configuration to w: which accounts belong to which shard, and how
// old the data of each account would get if all batches were IN_PROGRESS. It returns the error
// of load or of w.
func Config(w io.Writer, load func() (target.Setup, error)) error {
	setup, err := load()
	if err != nil {
		return err
	}
	return writePlan(w, setup)
}

// need is the load of one operation of an account.
type need struct {
	operation string
	ids       int           // number of configured IDs
	noun      string        // kind of the IDs, in the singular
	more      bool          // discovery adds more IDs
	calls     int           // for each ID, at most
	every     time.Duration // interval between two rounds of calls
	setting   string        // key of polling that the interval depends on
	per       float64       // value of the setting divided by the interval
}

// needs returns the needs of an account, one for each operation.
func needs(a target.Account, r target.Rules) []need {
	discovers := len(a.Discover) > 0
	needs := []need{{
		operation: aliyun.OpQueryOTAJob, ids: len(a.Targets), noun: "job", more: discovers,
		calls: 1, every: r.Interval, setting: "interval", per: 1,
	}}
	products, packages := 0, 0
	noun, pages := "product", 1
	for _, d := range a.Discover {
		products += len(d.Products)
		if slices.Contains(d.Products, target.AllProducts) {
			noun, pages = "product list", aliyun.MaxPackages/aliyun.FirmwaresPerPage
		}
		packages += len(d.Firmwares)
	}
	for _, operation := range a.Operations() {
		switch operation {
		case aliyun.OpListOTAJobByFirmware:
			lists := need{
				operation: operation, ids: packages, noun: "package", more: a.BulkStatus || products > 0,
				calls: 1, every: r.ListWait(discovers), setting: "interval",
			}
			if lists.per = float64(r.Interval) / float64(lists.every); discovers && lists.every == r.DiscoveryInterval {
				lists.setting, lists.per = "discovery_interval", 1
			}
			needs = append(needs, lists)
		case aliyun.OpListOTAFirmware:
			needs = append(needs, need{
				operation: operation, ids: products, noun: noun,
				calls: pages, every: r.DiscoveryInterval, setting: "discovery_interval", per: 1,
			})
		case aliyun.OpListOTATaskByJob:
			needs = append(needs, need{
				operation: operation, ids: len(a.Targets), noun: "job", more: discovers,
				calls: 1 + len(aliyun.TaskStatuses), every: r.DeviceInterval, setting: "device_interval", per: 1,
			})
		}
	}
	return needs
}

func writePlan(w io.Writer, setup target.Setup) error {
	fmt.Fprint(w, "The configuration is valid. ")
	if setup.Shard.Divides() {
		if err := writeShards(w, setup); err != nil || len(setup.Accounts) == 0 {
			return err
		}
	}
	fmt.Fprintf(w, "If all batches were IN_PROGRESS, with %v for each call:\n\n", assumedRTT)
	var plan table
	plan.row("ACCOUNT", "OPERATION", "IDS", "REQUESTS/S", "CALLS/MIN", "INTERVAL", "MAX AGE")
	var late []string
	more := false
	for _, a := range setup.Accounts {
		for _, n := range needs(a, setup.Rules) {
			perSecond := float64(a.RequestsPerSecond) / (1 + assumedRTT.Seconds())
			calls := min(perSecond, float64(n.ids*n.calls)/n.every.Seconds())
			age := schedule.Capacity{Slots: a.RequestsPerSecond, RTT: assumedRTT}.WorstAge(n.ids*n.calls, n.every, 0)
			ids := counted(n.ids, n.noun)
			if n.more {
				more = true
				ids += " *"
			}
			plan.row(a.Name, n.operation, ids, a.RequestsPerSecond, math.Ceil(calls*60), n.every, round(age))
			if advice := missed(a, n); advice != "" {
				late = append(late, advice)
			}
		}
	}
	if err := plan.write(w); err != nil {
		return err
	}
	if more {
		fmt.Fprintln(w, "\n* and those that are discovered. A list returns 200 batches a call, which keeps the status of any number of them fresh.")
	}
	fmt.Fprintln(w)
	for _, advice := range late {
		fmt.Fprintln(w, advice)
	}
	if len(late) == 0 {
		fmt.Fprintln(w, "Every account can keep these intervals.")
	}
	return nil
}

// missed returns advice if an account cannot keep an interval, "" if it can.
func missed(a target.Account, n need) string {
	calls := float64(n.ids*n.calls) * (1 + assumedRTT.Seconds())
	needed := int(math.Ceil(calls/n.every.Seconds() - 1e-9)) // 7.000000001 is 7
	if needed <= a.RequestsPerSecond {
		return ""
	}
	possible := func(slots int) time.Duration {
		return round(time.Duration(n.per * calls / float64(slots) * float64(time.Second)))
	}
	cure := fmt.Sprintf("requests_per_second: %d", needed)
	if needed > maxRate {
		cure = fmt.Sprintf("polling.%s: %v", n.setting, possible(a.RequestsPerSecond))
		if a.RequestsPerSecond < maxRate {
			cure += fmt.Sprintf(", or %v with requests_per_second: %d", possible(maxRate), maxRate)
		}
	}
	return fmt.Sprintf("account %q cannot call %s for %s every %v with %d requests/s. Set %s.",
		a.Name, n.operation, counted(n.ids, n.noun), n.every, a.RequestsPerSecond, cure)
}

// round rounds up to whole seconds, so that the plan never promises too much.
func round(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}
