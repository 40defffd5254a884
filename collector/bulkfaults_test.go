package collector_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// Without lists, QueryOTAJob alone keeps the interval.
func TestListsThatDoNotCome(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"refused":   {Code: "Forbidden.RAM"},
		"failing":   {Code: "iot.system.SystemException"},
		"hanging":   {Kind: simulator.Hang},
		"throttled": {Code: "Throttling.User"},
		"slow":      {Latency: 9 * time.Second},
		"not found": {Code: "iot.firmware.FirmwareNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.bulkStatus()
				h.configureOrdinary("fw-1", numbered("job", 50)...)
				h.apply()
				h.pass(2 * time.Minute)
				fault.Operation = aliyun.OpListOTAJobByFirmware
				h.sim.Inject(fault)
				// The interval, and more than five seconds for fifty that fall due at once.
				if worst := h.worstAge(100, 1700*time.Millisecond, nil); worst > 15*time.Second+6*time.Second {
					t.Errorf("worst age %v", worst)
				}
			})
		})
	}
}

// A list that was on its way for long is older than what a poll said meanwhile.
func TestListThatArrivesLate(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.setup.Rules.Interval = 2 * time.Second
		h.answerBy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			h.sim.ServeHTTP(answer, r)
			if r.Header.Get("X-Acs-Action") == aliyun.OpListOTAJobByFirmware {
				select {
				case <-time.After(5 * time.Second):
				case <-r.Context().Done(): // the test is over
				}
			}
			_, _ = w.Write(answer.Body.Bytes())
		}))
		h.bulkStatus()
		h.putRunning("fw-1", jobID, "goes-on") // the list stays of use
		h.watch(jobID, "goes-on")
		h.pass(time.Second) // the list was read, and is on its way
		h.update(jobID, func(b *simulator.Batch) { b.Status = aliyun.StatusCompleted })
		h.pass(time.Minute)
		if n := h.samples("job_status", `status="COMPLETED"} 1`); n != 1 {
			t.Errorf("not completed:\n%s", h.jobs())
		}
		if strings.Contains(h.logs.String(), "from=COMPLETED") {
			t.Errorf("the list was believed:\n%s", h.logs.String())
		}
	})
}

// Where a list contradicts QueryOTAJob, QueryOTAJob is right.
func TestListsThatDisagree(t *testing.T) {
	collector.SkipUnderRace(t, "many hours")
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
			simulated(t, func(t *testing.T, h *harness) {
				h.bulkStatus()
				h.configureOrdinary("fw-1", "job-1", "job-2")
				n := 0
				h.rewriteAnswers(aliyun.OpListOTAJobByFirmware, func(_ *http.Request, answer map[string]any) {
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
				h.apply()
				h.pass(time.Minute)
				before := h.calls(aliyun.OpQueryOTAJob)
				h.pass(time.Hour)
				polls := h.calls(aliyun.OpQueryOTAJob) - before - 6 // job-2
				if polls > c.polls || polls < 5 {
					t.Errorf("polled %d times in an hour, want at most %d", polls, c.polls)
				}
				if c.want != "" && h.state("job-1").Job.Status() != c.want {
					t.Errorf("status %s, want %s", h.state("job-1").Job.Status(), c.want)
				}
				if age := time.Since(h.state("job-1").TrueAt()); age > 17*time.Second {
					t.Errorf("%v old", age)
				}
				if n := strings.Count(h.logs.String(), "status changed"); n > 20 && c.want != "" {
					t.Errorf("%d lines of the log about a status that changed", n)
				}
			})
		})
	}
	t.Run("gone, says QueryOTAJob", func(t *testing.T) {
		simulated(t, func(t *testing.T, h *harness) {
			h.bulkStatus()
			h.configureOrdinary("fw-1", "job-1", "job-2")
			h.apply()
			h.pass(time.Minute)
			h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, JobID: "job-1", Code: "iot.firmware.InvalidOTAJobId"})
			h.update("job-1", func(b *simulator.Batch) { b.MaximumPerMinute++ })
			h.pass(14 * time.Second)
			before := h.calls(aliyun.OpQueryOTAJob)
			for range 60 {
				h.pass(time.Minute)
				if text := h.jobs(); strings.Contains(text, `job_info{account="production",job_id="job-1"`) {
					t.Fatalf("still shown:\n%s", text)
				}
			}
			// Six refreshes of job-2, and the back-off of job-1.
			if n := h.calls(aliyun.OpQueryOTAJob) - before; n > 6+10 {
				t.Errorf("%d polls in an hour", n)
			}
		})
	})
}
