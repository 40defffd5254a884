package poll_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// While the devices of a batch move on, the reasons always add up to its failed devices, and
// all that are on a page are read.
func TestReasonsAddUp(t *testing.T) {
	for name, devices := range map[string]int{"a small batch": 100, "a large batch": 3000} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.Add(fleet.Batch{Devices: fleet.Devices{
					Count: devices, Online: time.Hour, Report: time.Minute, Install: 5 * time.Minute, Fail: 0.3, Failures: harness.Failures(),
				}})
				failures := map[int]bool{}
				for range 90 {
					h.Pass(time.Minute)
					d := h.State(harness.JobID).Devices
					failed := d.ByStatus["FAILED"]
					failures[failed] = true
					if len(d.Failed) != min(failed, 100) || harness.Sum(d.Reasons) != failed || d.Reasons[reason.Unread] != max(0, failed-100) {
						t.Fatalf("%d failed, %d read, reasons %v", failed, len(d.Failed), d.Reasons)
					}
					if shown := h.Samples("job_failed_devices{"); shown != len(d.Reasons) {
						t.Fatalf("%d samples for %v", shown, d.Reasons)
					}
				}
				if len(failures) < 20 {
					t.Errorf("only %d different numbers of failed devices: too few to show anything", len(failures))
				}
			})
		})
	}
}

// What is known of a failed device, and why it failed.
func TestFailedDevices(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.CountDevices()
		h.Add(fleet.Batch{SrcVersions: []string{"1.0.0"}, Devices: fleet.Devices{
			Count: 1000, Install: 2 * time.Minute, Fail: 0.005, Failures: []fleet.Failure{{Share: 1, Progress: "-2.00"}},
		}})
		h.Pass(5 * time.Minute)
		s := h.State(harness.JobID)
		if n := len(s.Devices.Failed); n != 5 {
			t.Errorf("%d failed devices, want 5", n)
		}
		for _, d := range s.Devices.Failed {
			if age := d.At.Sub(*s.Job.UtcStartTime); age < 30*time.Second || age > 2*time.Minute || !strings.HasPrefix(d.Name, "device-000") {
				t.Errorf("%s failed %v after the start", d.Name, age)
			}
			d.Name, d.At = "", time.Time{}
			if diff := cmp.Diff(store.FailedDevice{SrcVersion: "1.0.0", DestVersion: "1.0.1", Text: "-2.00", Reason: "download"}, d); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	})
}

// A reload with other reasons takes effect with the next count, which is not made earlier.
func TestReasonsAreReloaded(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.CountDevices()
		h.Add(fleet.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"FAILED": 5}, Devices: fleet.Devices{Failures: []fleet.Failure{{Share: 1, Desc: "No space"}}}})
		h.Pass(time.Second)
		wantReasons := func(want map[string]int) {
			t.Helper()
			if diff := cmp.Diff(want, h.State(harness.JobID).Devices.Reasons); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		wantReasons(map[string]int{"other": 5})
		h.Account().Reasons = reason.Rules{{Reason: "flash_full", Match: regexp.MustCompile("(?i)no space")}}
		h.Apply()
		h.Pass(30 * time.Second)
		wantReasons(map[string]int{"other": 5})
		if calls := h.Calls(aliyun.OpListOTATaskByJob); calls != 1 {
			t.Errorf("%d calls, want 1", calls)
		}
		h.Pass(31 * time.Second)
		wantReasons(map[string]int{"flash_full": 5})
	})
}

// A page that cannot be, or hostile texts on it, harm nothing: the reasons add up, the texts
// are short lines that are safe to show.
func TestFailedPagesThatCannotBe(t *testing.T) {
	long := strings.Repeat("级", 1000)
	for name, c := range map[string]struct {
		change func(answer map[string]any, tasks []any)
		want   map[string]int
	}{
		"tasks of other statuses": {func(_ map[string]any, tasks []any) {
			for i, task := range tasks {
				if i%2 == 0 {
					task.(map[string]any)["TaskStatus"] = "QUEUED"
				}
			}
		}, map[string]int{"version_mismatch": 50, reason.Unread: 250}},
		"more tasks than there are": {func(answer map[string]any, _ []any) { answer["Total"] = 90 }, map[string]int{"version_mismatch": 90}},
		"no tasks":                  {func(answer map[string]any, _ []any) { delete(answer, "Data") }, map[string]int{reason.Unread: 300}},
		"no descriptions": {func(_ map[string]any, tasks []any) {
			for _, task := range tasks {
				for _, field := range []string{"TaskDesc", "Progress", "DeviceName", "SrcVersion", "DestVersion", "UtcModified"} {
					delete(task.(map[string]any), field)
				}
			}
		}, map[string]int{"other": 100, reason.Unread: 200}},
		"hostile texts": {func(_ map[string]any, tasks []any) {
			for i, task := range tasks {
				hostile := []any{long, "\x1b[31m\u202e\x00" + strings.Repeat("\u202e", 300), "a\nlevel=error msg=forged\r\n", map[string]any{"a": 1}, []any{1, 2}, -2}[i%6]
				for _, field := range []string{"TaskDesc", "Progress", "DeviceName", "SrcVersion", "DestVersion", "UtcModified"} {
					task.(map[string]any)[field] = hostile
				}
			}
		}, map[string]int{"other": 84, "download": 16, reason.Unread: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.RewriteAnswers(aliyun.OpListOTATaskByJob, func(r *http.Request, answer map[string]any) {
					if r.URL.Query().Get("TaskStatus") == "FAILED" {
						tasks, _ := answer["Data"].(map[string]any)["SimpleOTATaskInfo"].([]any)
						c.change(answer, tasks)
					}
				})
				h.Add(fleet.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"SUCCEEDED": 4000, "FAILED": 300}})
				h.Pass(5 * time.Second)
				d := h.State(harness.JobID).Devices
				if diff := cmp.Diff(c.want, d.Reasons); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if harness.Sum(d.Reasons) != d.ByStatus["FAILED"] {
					t.Errorf("%v do not add up to %v", d.Reasons, d.ByStatus)
				}
				for _, f := range d.Failed {
					for _, text := range []string{f.Name, f.SrcVersion, f.DestVersion, f.Text} {
						if len(text) > reason.MaxText || strings.ContainsAny(text, "\n\r\x00\x1b\u202e") {
							t.Fatalf("%d bytes: %q", len(text), text)
						}
					}
				}
				if strings.Contains(h.Logs.String(), "forged") || strings.Contains(h.Scrape(), "forged") {
					t.Errorf("a text of a device is in the log or in the metrics:\n%s", &h.Logs)
				}
			})
		})
	}
}

// The texts and names of devices are in no label, no log line and not in the state file. The
// next exporter knows the numbers of each reason.
func TestTextsOfDevicesStayInside(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		path := filepath.Join(t.TempDir(), "state")
		stop := h.Keep(path)
		h.CountDevices()
		h.Add(fleet.Batch{Devices: fleet.Devices{Count: 500, Fail: 0.5, Failures: []fleet.Failure{{Share: 1, Desc: "private words: md5"}}}})
		h.Pass(2 * time.Minute)
		reasons := h.State(harness.JobID).Devices.Reasons
		scraped := h.Scrape()
		stop()
		saved, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for where, text := range map[string]string{"/metrics": scraped, "the log": h.Logs.String(), "the state file": string(saved)} {
			if strings.Contains(text, "private words") || strings.Contains(text, "device-000") {
				t.Errorf("%s has a text or a name of a device:\n%s", where, text)
			}
		}
		next := h.Next(path)
		next.Apply()
		d := next.State(harness.JobID).Devices
		if diff := cmp.Diff(reasons, d.Reasons); diff != "" || d.Failed != nil || len(reasons) != 2 {
			t.Errorf("%d devices after a restart, reasons (-before +after):\n%s", len(d.Failed), diff)
		}
	})
}

// Counting that fails is logged once, and so is its recovery. The history of the batch has
// both, and its answers have the ids of the requests.
func TestCountsThatRecover(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		var last atomic.Value
		h.RewriteAnswers(aliyun.OpListOTATaskByJob, func(_ *http.Request, answer map[string]any) { last.Store(answer["RequestId"]) })
		h.CountDevices()
		h.Add(fleet.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"FAILED": 5}})
		h.Pass(time.Second)
		mend := h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTATaskByJob, Code: "iot.system.SystemException"})
		h.Pass(10 * time.Minute)
		s := h.State(harness.JobID)
		if a := s.Answer(aliyun.OpListOTATaskByJob); a.RequestID == "" || a.RequestID != last.Load() || a.Class != aliyun.ClassServer {
			t.Errorf("the last answer is %+v, want one with the id %v", a, last.Load())
		}
		if s.Devices.Reasons["version_mismatch"] != 5 || s.DevicesErr == nil {
			t.Errorf("reasons %v, error %v", s.Devices.Reasons, s.DevicesErr)
		}
		mend()
		h.Pass(10 * time.Minute)
		s = h.State(harness.JobID)
		if a := s.Answer(aliyun.OpListOTATaskByJob); a.RequestID == "" || a.RequestID != last.Load() || a.Class != "" || time.Since(a.At) > time.Minute {
			t.Errorf("the last answer is %+v, want one with the id %v", a, last.Load())
		}
		if a := s.Answer(aliyun.OpQueryOTAJob); a.RequestID == "" || time.Since(a.At) > time.Minute || len(s.Answers) != 2 {
			t.Errorf("answers %+v", s.Answers)
		}
		if failed, again := strings.Count(h.Logs.String(), "counting the devices of a batch fails"), strings.Count(h.Logs.String(), "counting the devices of a batch works again"); failed != 1 || again != 1 {
			t.Errorf("%d failures and %d recoveries are logged, want one each:\n%s", failed, again, &h.Logs)
		}
		var got []string
		for _, e := range s.History {
			got = append(got, e.Status+e.Operation+" "+string(e.Class))
		}
		if diff := cmp.Diff([]string{"IN_PROGRESS ", "ListOTATaskByJob server", "ListOTATaskByJob "}, got); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
}
