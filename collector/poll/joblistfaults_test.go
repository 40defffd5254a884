package poll_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// Without lists, QueryOTAJob alone keeps the interval.
func TestListsThatDoNotCome(t *testing.T) {
	for name, fault := range map[string]gateway.Fault{
		"refused":   {Code: "Forbidden.RAM"},
		"failing":   {Code: "iot.system.SystemException"},
		"hanging":   {Kind: gateway.Hang},
		"throttled": {Code: "Throttling.User"},
		"slow":      {Latency: 9 * time.Second},
		"not found": {Code: "iot.firmware.FirmwareNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.BulkStatus()
				h.ConfigureOrdinary("fw-1", harness.Numbered("job", 50)...)
				h.Apply()
				h.Pass(2 * time.Minute)
				fault.Operation = aliyun.OpListOTAJobByFirmware
				h.Sim.Inject(fault)
				// The interval, and more than five seconds for fifty that fall due at once.
				if worst := h.WorstAge(100, 1700*time.Millisecond, nil); worst > 15*time.Second+6*time.Second {
					t.Errorf("worst age %v", worst)
				}
			})
		})
	}
}

// A list that took long to arrive does not overwrite a newer poll.
func TestListThatArrivesLate(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Setup.Rules.Interval = 2 * time.Second
		h.AnswerBy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			h.Sim.ServeHTTP(answer, r)
			if r.Header.Get("X-Acs-Action") == aliyun.OpListOTAJobByFirmware {
				select {
				case <-time.After(5 * time.Second):
				case <-r.Context().Done(): // the test is over
				}
			}
			_, _ = w.Write(answer.Body.Bytes())
		}))
		h.BulkStatus()
		h.PutRunning("fw-1", harness.JobID, "goes-on") // the list stays of use
		h.Watch(harness.JobID, "goes-on")
		h.Pass(time.Second) // the list was read, and is on its way
		h.Update(harness.JobID, func(b *fleet.Batch) { b.Status = aliyun.StatusCompleted })
		h.Pass(time.Minute)
		if n := h.Samples("job_status", `status="COMPLETED"} 1`); n != 1 {
			t.Errorf("not completed:\n%s", h.Jobs())
		}
		if strings.Contains(h.Logs.String(), "from=COMPLETED") {
			t.Errorf("the list was believed:\n%s", h.Logs.String())
		}
	})
}

// If a list contradicts QueryOTAJob, QueryOTAJob wins.
func TestListsThatDisagree(t *testing.T) {
	conditions.SkipUnderRace(t, "many hours")
	for name, c := range map[string]struct {
		list  func(n int, entry map[string]any) bool // changes the entry of the n-th list; false leaves it out
		polls int                                    // of the batch in an hour, at most
		want  string                                 // status; "": it changes all the time
	}{
		"the list leaves it out":       {func(int, map[string]any) bool { return false }, 241, "IN_PROGRESS"},
		"another UtcModified for ever": {func(_ int, e map[string]any) bool { e["UtcModified"] = "1999-01-01T00:00:00.000Z"; return true }, 8, "IN_PROGRESS"},
		"no UtcModified":               {func(_ int, e map[string]any) bool { delete(e, "UtcModified"); return true }, 7, "IN_PROGRESS"},
		"no status":                    {func(_ int, e map[string]any) bool { delete(e, "JobStatus"); return true }, 241, "IN_PROGRESS"},
		"another status for ever":      {func(_ int, e map[string]any) bool { e["JobStatus"] = "PAUSED"; return true }, 241, "IN_PROGRESS"},
		"it has ended, says the list":  {func(_ int, e map[string]any) bool { e["JobStatus"] = "COMPLETED"; return true }, 241, "IN_PROGRESS"},
		"every other list shows another one": {func(n int, e map[string]any) bool {
			if n%2 == 0 {
				e["JobStatus"] = "PAUSED"
			}
			return true
		}, 310, ""},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.BulkStatus()
				h.ConfigureOrdinary("fw-1", "job-1", "job-2")
				n := 0
				h.RewriteAnswers(aliyun.OpListOTAJobByFirmware, func(_ *http.Request, answer map[string]any) {
					n++
					data, _ := answer["Data"].(map[string]any)
					list, _ := data["SimpleOTAJobInfo"].([]any)
					var kept []any
					for _, e := range list {
						if e := e.(map[string]any); e["JobId"] != "job-1" || c.list(n, e) {
							kept = append(kept, e)
						}
					}
					data["SimpleOTAJobInfo"] = kept
				})
				h.Apply()
				h.Pass(time.Minute)
				before := h.Calls(aliyun.OpQueryOTAJob)
				h.Pass(time.Hour)
				polls := h.Calls(aliyun.OpQueryOTAJob) - before - 6 // job-2
				if polls > c.polls || polls < 5 {
					t.Errorf("polled %d times in an hour, want at most %d", polls, c.polls)
				}
				if c.want != "" && h.State("job-1").Job.Status() != c.want {
					t.Errorf("status %s, want %s", h.State("job-1").Job.Status(), c.want)
				}
				if age := time.Since(h.State("job-1").TrueAt()); age > 17*time.Second {
					t.Errorf("%v old", age)
				}
				if n := strings.Count(h.Logs.String(), "status changed"); n > 20 && c.want != "" {
					t.Errorf("%d lines of the log about a status that changed", n)
				}
			})
		})
	}
	t.Run("gone, says QueryOTAJob", func(t *testing.T) {
		harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
			h.BulkStatus()
			h.ConfigureOrdinary("fw-1", "job-1", "job-2")
			h.Apply()
			h.Pass(time.Minute)
			h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, JobID: "job-1", Code: "iot.firmware.InvalidOTAJobId"})
			h.Update("job-1", func(b *fleet.Batch) { b.MaximumPerMinute++ })
			h.Pass(14 * time.Second)
			before := h.Calls(aliyun.OpQueryOTAJob)
			for range 60 {
				h.Pass(time.Minute)
				if text := h.Jobs(); strings.Contains(text, `job_info{account="production",job_id="job-1"`) {
					t.Fatalf("still shown:\n%s", text)
				}
			}
			// Six refreshes of job-2, and the back-off of job-1.
			if n := h.Calls(aliyun.OpQueryOTAJob) - before; n > 6+10 {
				t.Errorf("%d polls in an hour", n)
			}
		})
	})
}
