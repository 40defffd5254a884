package poll_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// Whatever the failure of a list, no known batch is dropped and all are still polled. The
// lists are read again one wait after the end of the fault, or one back-off after it if
// other calls do not share the fault.
func TestFailingListsDropNothing(t *testing.T) {
	for name, c := range typicalFaults {
		for _, operation := range []string{aliyun.OpListOTAFirmware, aliyun.OpListOTAJobByFirmware} {
			t.Run(operation+"/"+name, func(t *testing.T) {
				harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
					h.PutPackage("fw-1", "job-1", "job-2")
					h.PutPackage("fw-2", "job-3")
					h.Discover([]string{harness.ProductKey}, nil)
					h.Apply()
					h.Pass(time.Minute)
					fault := c.Fault
					fault.Operation = operation
					mend := h.Sim.Inject(fault)
					h.Pass(12 * time.Minute) // until no back-off grows any more
					h.WantIDs("job-1", "job-2", "job-3")
					if n := h.Samples("job_poll_success", "} 1"); n != 3 {
						t.Errorf("%d batches are polled well, want 3", n)
					}
					if age := h.WorstAge(1, 0, nil); age > 16*time.Second {
						t.Errorf("the data is %v old", age)
					}
					failed := fmt.Sprintf(`api_requests_total{account="production",operation=%q,result=%q}`, operation, c.class)
					if h.Value(failed) == 0 {
						t.Errorf("%s is 0", failed)
					}
					lists := map[string]float64{aliyun.OpListOTAFirmware: 1, aliyun.OpListOTAJobByFirmware: 2}[operation]
					if c.class == aliyun.ClassThrottled {
						lists = 0 // it was not answered, and is asked for again at once
					}
					if got := h.Value(harness.ListsFailing(operation)); got != lists {
						t.Errorf("%v lists fail, want %v", got, lists)
					}
					if c.class != aliyun.ClassThrottled && !strings.Contains(h.Logs.String(), "class="+string(c.class)) {
						t.Errorf("no line of the log about it:\n%s", h.Logs.String())
					}
					if n := strings.Count(h.Logs.String(), "fails"); n > 2 {
						t.Errorf("%d lines of the log about it:\n%s", n, h.Logs.String())
					}
					mend()
					h.PutPackage("fw-3", "new")
					h.PutRunning("fw-1", "new-1")
					limit := 5*time.Minute + 10*time.Second
					switch c.class {
					case aliyun.ClassAuth, aliyun.ClassPermission, aliyun.ClassTransport, aliyun.ClassTimeout:
						limit = time.Minute + 15*time.Second
					}
					h.Within(limit, "lists are back", func() bool { return h.State("new") != nil && h.State("new-1") != nil })
					h.Pass(time.Minute)
					if got := h.Value(harness.ListsFailing(operation)); got != 0 {
						t.Errorf("%v lists still fail", got)
					}
					if n := strings.Count(h.Logs.String(), `msg="reading a list works again" operation=`+operation); n != int(lists) {
						t.Errorf("%d lines of the log say that a list works again, want %v:\n%s", n, lists, h.Logs.String())
					}
				})
			})
		}
	}
}

// A missing permission costs one call a wait, and the other operations go on.
func TestOnePermissionIsMissing(t *testing.T) {
	conditions.SkipUnderRace(t, "many hours")
	waits := map[string]time.Duration{
		aliyun.OpQueryOTAJob:          15 * time.Second,
		aliyun.OpListOTAJobByFirmware: 12 * time.Second,
		aliyun.OpListOTAFirmware:      time.Minute,
		aliyun.OpListOTATaskByJob:     time.Minute,
	}
	for _, denied := range aliyun.Operations {
		for _, code := range []string{"", "iot.common.RamActionPermissionDeny"} {
			if code != "" && denied != aliyun.OpListOTAJobByFirmware {
				continue // one of the other form is enough
			}
			t.Run(strings.TrimSpace(denied+" "+code), func(t *testing.T) {
				harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
					limited := harness.OwnKey
					limited.Deny, limited.DenyCode = []string{denied}, code
					h.Accept(limited)
					jobs, firmwares := harness.Numbered("job", 40), harness.Numbered("fw", 40)
					for i, fw := range firmwares {
						h.PutPackage(fw)
						h.Put(fleet.Batch{FirmwareID: fw, JobID: jobs[i], Devices: fleet.Devices{Count: 5, Offline: 1}})
					}
					h.Configure(jobs[0])
					h.Discover([]string{harness.ProductKey}, firmwares[:30])
					h.CountDevices()
					h.BulkStatus()
					h.Apply()
					h.Pass(5 * time.Minute)
					before := make(map[string]int)
					for _, operation := range aliyun.Operations {
						before[operation] = h.Calls(operation)
					}
					h.Pass(10 * time.Minute)
					for _, operation := range aliyun.Operations {
						calls := h.Calls(operation) - before[operation]
						switch limit := int(10*time.Minute/waits[operation]) + 1; {
						case operation == denied && (calls > limit || calls < limit*3/4):
							t.Errorf("%s: %d calls in 10 minutes, want %d", operation, calls, limit)
						case operation != denied && calls < 9:
							t.Errorf("%s: only %d calls in 10 minutes", operation, calls)
						}
						metric := fmt.Sprintf(`api_requests_total{account="production",operation=%q,result="permission"}`, operation)
						if got := h.Value(metric); got > 0 != (operation == denied) {
							t.Errorf("%s is %v", metric, got)
						}
					}
					if n := strings.Count(h.Logs.String(), "class=permission"); n == 0 || n > 45 {
						t.Errorf("%d lines of the log about it", n)
					}
					batches := 40
					switch denied {
					case aliyun.OpListOTAJobByFirmware:
						batches = 1 // configured
					case aliyun.OpListOTAFirmware:
						batches = 30
					}
					if got := len(h.IDs()); got != batches {
						t.Errorf("%d batches are watched, want %d", got, batches)
					}
					if n := h.Samples("job_status", `status="IN_PROGRESS"} 1`); n != batches {
						t.Errorf("%d batches have a status, want %d", n, batches)
					}

					h.Accept(harness.OwnKey)
					h.Pass(waits[denied] + 20*time.Second)
					if n := h.Samples("job_poll_success", "} 1"); n != 40 {
						t.Errorf("%d batches are polled well after the permission was given", n)
					}
					h.Pass(time.Minute)
					if n := h.Samples("job_devices_last_success_timestamp_seconds{"); n != 40 {
						t.Errorf("devices of %d batches are counted", n)
					}
				})
			})
		}
	}
}
