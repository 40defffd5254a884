package check

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

const (
	// assumedRTT is the round trip that the freshness plan reckons with.
	assumedRTT = 50 * time.Millisecond
	// maxRate is the documented limit of each OTA operation, in requests a
	// second and main account.
	maxRate = 10
)

// Config writes the freshness plan of a configuration: how old the data of each
// account's batches can get if all of them were IN_PROGRESS. Its error is that
// of load, or of w.
func Config(w io.Writer, load func() (target.Setup, error)) error {
	setup, err := load()
	if err != nil {
		return err
	}
	return writePlan(w, setup)
}

// need is what one operation of an account has to do.
type need struct {
	operation string
	things    int
	noun      string
	found     bool          // more of them come to light while it runs
	calls     int           // for each thing, at most
	every     time.Duration // the interval that is wanted
	setting   string        // of it
	per       float64       // the setting, in terms of the interval
}

// needs are those of an account, by the operation.
func needs(a target.Account, r target.Rules) []need {
	needs := []need{{aliyun.OpQueryOTAJob, len(a.Targets), "jobs", len(a.Discover) > 0, 1, r.Interval, "interval", 1}}
	products, packages := 0, 0
	noun, pages := "products", 1
	for _, d := range a.Discover {
		products += len(d.Products)
		if slices.Contains(d.Products, target.AllProducts) {
			noun, pages = "product lists", aliyun.MaxPackages/aliyun.FirmwaresPerPage
		}
		packages += len(d.Firmwares)
	}
	for _, operation := range a.Operations() {
		switch operation {
		case aliyun.OpListOTAJobByFirmware:
			lists := need{operation, packages, "packages", a.BulkStatus || products > 0, 1, r.ListWait(len(a.Discover) > 0), "interval", 1}
			if lists.per = float64(r.Interval) / float64(lists.every); len(a.Discover) > 0 && lists.every == r.DiscoveryInterval {
				lists.setting, lists.per = "discovery_interval", 1
			}
			needs = append(needs, lists)
		case aliyun.OpListOTAFirmware:
			needs = append(needs, need{operation, products, noun, false, pages, r.DiscoveryInterval, "discovery_interval", 1})
		case aliyun.OpListOTATaskByJob:
			needs = append(needs, need{operation, len(a.Targets), "jobs", len(a.Discover) > 0, 1 + len(aliyun.TaskStatuses), r.DeviceInterval, "device_interval", 1})
		}
	}
	return needs
}

func writePlan(w io.Writer, setup target.Setup) error {
	fmt.Fprintf(w, "The configuration is good. If every batch were IN_PROGRESS, at %v a call:\n\n", assumedRTT)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tOPERATION\tASKS FOR\tREQUESTS/S\tCALLS/MIN\tINTERVAL\tWORST AGE\t")
	var late []string
	found := false
	for _, a := range setup.Accounts {
		for _, n := range needs(a, setup.Rules) {
			perSecond := float64(a.RequestsPerSecond) / (1 + assumedRTT.Seconds())
			calls := min(perSecond, float64(n.things*n.calls)/n.every.Seconds())
			age := schedule.Capacity{Slots: a.RequestsPerSecond, RTT: assumedRTT}.WorstAge(n.things*n.calls, n.every, 0)
			asks := fmt.Sprintf("%d %s", n.things, n.noun)
			if n.found {
				found = true
				asks += " *"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%.0f\t%v\t%v\t\n", a.Name, n.operation, asks, a.RequestsPerSecond, math.Ceil(calls*60), n.every, round(age))
			if advice := missed(a, n); advice != "" {
				late = append(late, advice)
			}
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if found {
		fmt.Fprintln(w, "\n* and those that are found. A list shows 200 batches a call, so their status stays fresh at any number.")
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

// missed says what would let an account keep an interval, "" if it can.
func missed(a target.Account, n need) string {
	calls := float64(n.things*n.calls) * (1 + assumedRTT.Seconds())
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
	return fmt.Sprintf("account %q cannot ask %s for %d %s every %v with %d requests/s. What would do: %s.",
		a.Name, n.operation, n.things, n.noun, n.every, a.RequestsPerSecond, cure)
}

// round is to whole seconds, up: a promise must not be rounded down.
func round(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}
