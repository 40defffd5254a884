package collector

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"
)

const (
	// assumedRTT is the round trip that the freshness plan reckons with.
	assumedRTT = 50 * time.Millisecond
	// maxRate is the documented limit of each OTA operation, in requests a
	// second and main account.
	maxRate = 10
)

// Check writes the freshness plan of a configuration: how old the data of each
// account's batches can get if all of them were IN_PROGRESS. Its error is that
// of load, or of w.
func Check(w io.Writer, load func() (Setup, error)) error {
	setup, err := load()
	if err != nil {
		return err
	}
	return writePlan(w, setup)
}

func writePlan(w io.Writer, setup Setup) error {
	interval := setup.Rules.Interval
	fmt.Fprintf(w, "The configuration is good. If every batch were IN_PROGRESS, at %v a call:\n\n", assumedRTT)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tJOBS\tREQUESTS/S\tCALLS/MIN\tINTERVAL\tWORST AGE\t")
	var late []string
	for _, a := range setup.Accounts {
		n := len(a.Targets)
		perSecond := float64(a.RequestsPerSecond) / (1 + assumedRTT.Seconds())
		calls := min(perSecond, float64(n)/interval.Seconds())
		age := worstAge(n, interval, a.RequestsPerSecond, 0, assumedRTT, 0)
		fmt.Fprintf(table, "%s\t%d\t%d\t%.0f\t%v\t%v\t\n", a.Name, n, a.RequestsPerSecond, math.Ceil(calls*60), interval, round(age))
		if advice := missed(a, interval); advice != "" {
			late = append(late, advice)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, advice := range late {
		fmt.Fprintln(w, advice)
	}
	if len(late) == 0 {
		fmt.Fprintf(w, "Every account can keep polling.interval, %v.\n", interval)
	}
	return nil
}

// missed says what would let an account keep the interval, "" if it can.
func missed(a Account, interval time.Duration) string {
	perSlot := 1 + assumedRTT.Seconds()
	needed := int(math.Ceil(float64(len(a.Targets))*perSlot/interval.Seconds() - 1e-9)) // 7.000000001 is 7
	if needed <= a.RequestsPerSecond {
		return ""
	}
	possible := func(slots int) time.Duration {
		return round(time.Duration(float64(len(a.Targets)) * perSlot / float64(slots) * float64(time.Second)))
	}
	cure := fmt.Sprintf("requests_per_second: %d", needed)
	if needed > maxRate {
		cure = fmt.Sprintf("polling.interval: %v", possible(a.RequestsPerSecond))
		if a.RequestsPerSecond < maxRate {
			cure += fmt.Sprintf(", or %v with requests_per_second: %d", possible(maxRate), maxRate)
		}
	}
	return fmt.Sprintf("account %q cannot ask for %d jobs every %v with %d requests/s. What would do: %s.",
		a.Name, len(a.Targets), interval, a.RequestsPerSecond, cure)
}

// round is to whole seconds, up: a promise must not be rounded down.
func round(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}
