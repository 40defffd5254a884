package demo

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// tagKey matches the keys of tags that the API accepts.
var tagKey = regexp.MustCompile(`^[A-Za-z0-9.]{1,30}$`)

// undocumented returns the settings of a batch that the API would refuse, by the pages of
// CreateOTAStaticUpgradeJob, UpdateOTAJob and the console's "initiate a batch update".
func undocumented(b *fleet.Batch) (complaints []string) {
	complain := func(wrong bool, format string, args ...any) {
		if wrong {
			complaints = append(complaints, fmt.Sprintf(format, args...))
		}
	}
	timeout, limit := b.TimeoutInMinutes, b.MaximumPerMinute
	complain(timeout != 0 && (timeout < 1 || timeout > 1440), "TimeoutInMinutes %d", timeout)
	complain(limit != 0 && (limit < 10 || limit > 10_000), "MaximumPerMinute %d", limit)
	if r := b.Retry; r != nil {
		complain(!slices.Contains([]int{1, 2, 5}, r.Count), "RetryCount %d", r.Count)
		complain(!slices.Contains([]int{0, 10, 30, 60, 1440}, r.Interval), "RetryInterval %d", r.Interval)
		complain(timeout > 0 && r.Interval >= timeout, "RetryInterval %d is not below TimeoutInMinutes %d", r.Interval, timeout)
		complain(len(b.SrcVersions) == 0, "a retry policy, which has no effect without SrcVersions")
	}
	complain(len(b.SrcVersions) > 10, "%d SrcVersions", len(b.SrcVersions))
	complain(b.SelectionType == "DYNAMIC" && len(b.SrcVersions) == 0, "DYNAMIC without SrcVersions")
	complain(b.TargetSelection == "SPECIFIC" && len(b.SrcVersions) > 0, "SPECIFIC with SrcVersions")
	complain(len(b.Tags) > 10, "%d Tags", len(b.Tags))
	for _, tag := range b.Tags {
		complain(!tagKey.MatchString(tag.Key), "a tag with the key %q", tag.Key)
	}
	if !b.Schedule.IsZero() {
		ahead := b.Schedule.Sub(b.Create)
		complain(ahead < 5*time.Minute || ahead > 7*24*time.Hour, "a start %v ahead", ahead)
	}
	if !b.ScheduleFinish.IsZero() {
		window := b.ScheduleFinish.Sub(b.Schedule)
		complain(window < time.Hour || window > 30*24*time.Hour, "an end %v after the start", window)
	}
	return complaints
}

// The API would accept every batch of the demo, also those of later rollouts.
func TestDemoIsAsDocumented(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(time.Now())
		seen := map[string]bool{}
		for range 24 {
			h.advance(time.Now())
			for _, p := range []fleet.Firmware{coldChain, eBike, meter} {
				for _, fw := range h.sim.Firmwares(p.Account, p.InstanceID) {
					jobs, _ := h.sim.Jobs(fw.ID, 0, 100)
					for _, j := range jobs {
						if seen[j.JobID] {
							continue
						}
						seen[j.JobID] = true
						for _, complaint := range undocumented(&j.Batch) {
							t.Errorf("%s (%s): %s", j.JobID, j.Desc, complaint)
						}
					}
				}
			}
			time.Sleep(5 * time.Minute)
		}
		if follow := len(seen) - len(rollouts(time.Now())); follow < 4 {
			t.Errorf("%d rollouts followed within two hours", follow)
		}
	})
}
