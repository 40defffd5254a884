package simulator_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// Failed devices describe their failures by the shares of the batch, on pages of all devices
// and of the failed ones, and also where the counts are fixed.
func TestFailures(t *testing.T) {
	t.Parallel()
	failures := []fleet.Failure{{Share: 0.25, Desc: "固件下载失败", Progress: "-2.00"}, {Share: 0.5, Progress: "-4"}}
	want := map[string]int{"固件下载失败 -2.00": 25, " -4": 50, "report version is not conform 100.00": 25}
	for name, b := range map[string]fleet.Batch{
		"devices that fail":             {Devices: fleet.Devices{Count: 1000, Fail: 0.1, Failures: failures}},
		"devices that fail after a try": {Devices: fleet.Devices{Count: 1000, Fail: 0.1, Failures: failures}, SrcVersions: []string{"1"}, Retry: &fleet.Retry{Count: 2}},
		"a fixed number of devices":     {Counts: map[string]int{"SUCCEEDED": 900, "FAILED": 100}, Devices: fleet.Devices{Failures: failures}, Status: "COMPLETED"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := account()
				b.Account, b.JobID = "main", "j"
				s.AddBatch(b)
				time.Sleep(time.Minute)
				got := map[string]int{}
				for page := 1; page <= 2; page++ {
					for _, task := range ask(t, s, "ListOTATaskByJob", "JobId", "j", "TaskStatus", "FAILED", "PageSize", "50", "CurrentPage", strconv.Itoa(page)).list("Data", "SimpleOTATaskInfo") {
						got[task["TaskDesc"].(string)+" "+task["Progress"].(string)]++
					}
				}
				about := cmp.Comparer(func(a, b int) bool { return a-b >= -2 && a-b <= 2 })
				if diff := cmp.Diff(want, got, about); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}
