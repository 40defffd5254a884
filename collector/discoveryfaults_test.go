package collector_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// listsFailing is the metric that counts the lists of an operation that cannot be read.
func listsFailing(operation string) string {
	return fmt.Sprintf(`discovery_lists_failing{account="production",operation=%q}`, operation)
}

// Whatever a list fails with, no known batch is dropped and all are still polled.
// The lists are read again one wait after the end of the fault, or one back-off
// where the fault is not one that all calls share.
func TestFailingListsDropNothing(t *testing.T) {
	for name, c := range typicalFaults {
		for _, operation := range []string{aliyun.OpListOTAFirmware, aliyun.OpListOTAJobByFirmware} {
			t.Run(operation+"/"+name, func(t *testing.T) {
				simulated(t, func(t *testing.T, h *harness) {
					h.putPackage("fw-1", "job-1", "job-2")
					h.putPackage("fw-2", "job-3")
					h.discover([]string{productKey}, nil)
					h.apply()
					h.pass(time.Minute)
					fault := c.Fault
					fault.Operation = operation
					mend := h.sim.Inject(fault)
					h.pass(12 * time.Minute) // until no back-off grows any more
					h.wantIDs("job-1", "job-2", "job-3")
					if n := h.samples("job_poll_success", "} 1"); n != 3 {
						t.Errorf("%d batches are polled well, want 3", n)
					}
					if age := h.worstAge(1, 0, nil); age > 16*time.Second {
						t.Errorf("the data is %v old", age)
					}
					failed := fmt.Sprintf(`api_requests_total{account="production",operation=%q,result=%q}`, operation, c.class)
					if h.value(failed) == 0 {
						t.Errorf("%s is 0", failed)
					}
					lists := map[string]float64{aliyun.OpListOTAFirmware: 1, aliyun.OpListOTAJobByFirmware: 2}[operation]
					if c.class == aliyun.ClassThrottled {
						lists = 0 // it was not answered, and is asked for again at once
					}
					if got := h.value(listsFailing(operation)); got != lists {
						t.Errorf("%v lists fail, want %v", got, lists)
					}
					if c.class != aliyun.ClassThrottled && !strings.Contains(h.logs.String(), "class="+string(c.class)) {
						t.Errorf("no line of the log tells:\n%s", h.logs.String())
					}
					if n := strings.Count(h.logs.String(), "fails"); n > 2 {
						t.Errorf("%d lines of the log about it:\n%s", n, h.logs.String())
					}
					mend()
					h.putPackage("fw-3", "new")
					h.putRunning("fw-1", "new-1")
					limit := 5*time.Minute + 10*time.Second
					switch c.class {
					case aliyun.ClassAuth, aliyun.ClassPermission, aliyun.ClassTransport, aliyun.ClassTimeout:
						limit = time.Minute + 15*time.Second
					}
					h.within(limit, "lists are back", func() bool { return h.state("new") != nil && h.state("new-1") != nil })
					h.pass(time.Minute)
					if got := h.value(listsFailing(operation)); got != 0 {
						t.Errorf("%v lists still fail", got)
					}
				})
			})
		}
	}
}

// A missing permission costs one call a wait, and the other operations go on.
func TestOnePermissionIsMissing(t *testing.T) {
	collector.SkipUnderRace(t, "many hours")
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
				simulated(t, func(t *testing.T, h *harness) {
					limited := ownKey
					limited.Deny, limited.DenyCode = []string{denied}, code
					h.accept(limited)
					jobs, firmwares := numbered("job", 40), numbered("fw", 40)
					for i, fw := range firmwares {
						h.putPackage(fw)
						h.put(simulator.Batch{FirmwareID: fw, JobID: jobs[i], Devices: simulator.Devices{Count: 5, Offline: 1}})
					}
					h.configure(jobs[0])
					h.discover([]string{productKey}, firmwares[:30])
					h.countDevices()
					h.bulkStatus()
					h.apply()
					h.pass(5 * time.Minute)
					before := make(map[string]int)
					for _, operation := range aliyun.Operations {
						before[operation] = h.calls(operation)
					}
					h.pass(10 * time.Minute)
					for _, operation := range aliyun.Operations {
						calls := h.calls(operation) - before[operation]
						switch limit := int(10*time.Minute/waits[operation]) + 1; {
						case operation == denied && (calls > limit || calls < limit*3/4):
							t.Errorf("%s: %d calls in 10 minutes, want %d", operation, calls, limit)
						case operation != denied && calls < 9:
							t.Errorf("%s: only %d calls in 10 minutes", operation, calls)
						}
						metric := fmt.Sprintf(`api_requests_total{account="production",operation=%q,result="permission"}`, operation)
						if got := h.value(metric); got > 0 != (operation == denied) {
							t.Errorf("%s is %v", metric, got)
						}
					}
					if n := strings.Count(h.logs.String(), "class=permission"); n == 0 || n > 45 {
						t.Errorf("%d lines of the log tell of it", n)
					}
					batches := 40
					switch denied {
					case aliyun.OpListOTAJobByFirmware:
						batches = 1 // configured
					case aliyun.OpListOTAFirmware:
						batches = 30
					}
					if got := len(h.ids()); got != batches {
						t.Errorf("%d batches are watched, want %d", got, batches)
					}
					if n := h.samples("job_status", `status="IN_PROGRESS"} 1`); n != batches {
						t.Errorf("%d batches have a status, want %d", n, batches)
					}

					h.accept(ownKey)
					h.pass(waits[denied] + 20*time.Second)
					if n := h.samples("job_poll_success", "} 1"); n != 40 {
						t.Errorf("%d batches are polled well after the permission was given", n)
					}
					h.pass(time.Minute)
					if n := h.samples("job_devices_last_success_timestamp_seconds{"); n != 40 {
						t.Errorf("devices of %d batches are counted", n)
					}
				})
			})
		}
	}
}
