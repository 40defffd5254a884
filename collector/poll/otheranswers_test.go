package poll_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// replaced makes every answer this one.
func replaced(body string) func([]byte) []byte {
	return func([]byte) []byte { return []byte(body) }
}

// reworded puts another id in the place of one, or takes a field out of an answer when
// the other is the name of another field.
func reworded(id, other string) func([]byte) []byte {
	return func(body []byte) []byte {
		return bytes.ReplaceAll(body, []byte(`"`+id+`"`), []byte(`"`+other+`"`))
	}
}

// A successful answer that is not about the requested object changes nothing, counts as
// decode, and leaves no trace when it is over.
func TestAnswersAboutSomethingElse(t *testing.T) {
	whole := healthy(t)
	for operation, edits := range map[string]map[string]func([]byte) []byte{
		aliyun.OpQueryOTAJob: {
			"no fields":              replaced(`{"Success":true,"Data":{}}`),
			"no Data":                replaced(`{"Success":true}`),
			"no JobStatus":           reworded("JobStatus", "Status"),
			"JobStatus null":         replaced(`{"Success":true,"Data":{"JobStatus":null,"JobId":"` + harness.JobID + `"}}`),
			"JobStatus of blanks":    replaced(`{"Success":true,"Data":{"JobStatus":" ","JobId":"` + harness.JobID + `"}}`),
			"JobStatus is a list":    replaced(`{"Success":true,"Data":{"JobStatus":["COMPLETED"],"JobId":"` + harness.JobID + `"}}`),
			"JobStatus of 10 kB":     replaced(`{"Success":true,"Data":{"JobStatus":"` + strings.Repeat("X", 10_000) + `","JobId":"` + harness.JobID + `"}}`),
			"another batch":          reworded(harness.JobID, "another"),
			"another, very long":     reworded(harness.JobID, strings.Repeat("another", 1000)),
			"another case":           reworded(harness.JobID, strings.ToUpper(harness.JobID)),
			"another, in lower case": replaced(`{"success":true,"data":{"jobStatus":"COMPLETED","jobId":"another"}}`),
		},
		aliyun.OpListOTATaskByJob: {
			"no fields":       replaced(`{"Success":true,"Data":{}}`),
			"no Total":        reworded("Total", "Sum"),
			"another batch":   reworded(harness.JobID, "another"),
			"no states":       reworded("TaskStatus", "Status"),
			"states of 10 kB": replaced(`{"Success":true,"Total":1,"Data":{"SimpleOTATaskInfo":[{"TaskStatus":"` + strings.Repeat("X", 10_000) + `"}]}}`),
		},
		aliyun.OpListOTAJobByFirmware: {
			"no Total":            reworded("Total", "Sum"),
			"no JobId":            reworded("JobId", "Id"),
			"another package":     reworded("fw-2", "another"),
			"a Total, no entries": replaced(`{"Success":true,"Total":5,"Data":{"SimpleOTAJobInfo":[]}}`),
		},
		aliyun.OpListOTAFirmware: {
			"no Total":            reworded("Total", "Sum"),
			"no FirmwareId":       reworded("FirmwareId", "Id"),
			"another product":     reworded(harness.ProductKey, "another"),
			"a Total, no entries": replaced(`{"Success":true,"Total":5,"FirmwareInfo":{}}`),
		},
	} {
		at := places[operation]
		for name, edit := range edits {
			t.Run(operation+"/"+name, func(t *testing.T) {
				harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
					watchMatrix(h)
					h.Pass(30 * time.Second)
					mend := h.Sim.Inject(gateway.Fault{Operation: operation, JobID: at.jobID, Edit: edit})
					h.Pass(time.Minute)
					text := h.Scrape()
					at.shown(t, text, whole, fault{class: aliyun.ClassDecode}, false)
					if n := h.Value(fmt.Sprintf(`api_requests_total{account="production",operation=%q,result="decode"}`, operation)); n == 0 {
						t.Errorf("no call is counted as decode:\n%s", text)
					}
					if !strings.Contains(h.Logs.String(), at.logged) {
						t.Errorf("the log does not say %q:\n%s", at.logged, h.Logs.String())
					}
					if len(h.Logs.String()) > 4096 {
						t.Errorf("the log has %d bytes", len(h.Logs.String()))
					}
					mend()
					h.Pass(5 * time.Minute) // the longest that a batch that fails waits
					if diff := cmp.Diff(steady(whole, ""), steady(h.Scrape(), "")); diff != "" {
						t.Errorf("not as without the fault (-want +got):\n%s", diff)
					}
				})
			})
		}
	}
}

// No document promises that an answer names the requested object. Until an account's
// answers have done so, one that names something else is accepted, with one warning for
// each operation. Blanks around an id do not count.
func TestAnswersThatNeverName(t *testing.T) {
	whole := healthy(t)
	for name, c := range map[string]struct {
		edit   func([]byte) []byte
		logged int // warnings
	}{
		"another batch always": {reworded(harness.JobID, "another"), 2},
		"no batch ever":        {reworded("JobId", "Id"), 0},
		"with blanks":          {reworded(harness.JobID, `  `+harness.JobID+`\t`), 0},
		"keys in lower case":   {reworded("JobId", "jobid"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Setup.Rules.DeviceInterval, h.Setup.Rules.DiscoveryInterval = 20*time.Second, 20*time.Second
				h.CountDevices()
				h.ConfigureOrdinary("fw-1", harness.JobID)
				h.Sim.Inject(gateway.Fault{JobID: harness.JobID, Edit: c.edit})
				h.Apply()
				h.Pass(2 * time.Minute)
				if diff := cmp.Diff(steady(whole, harness.JobID), steady(h.Scrape(), harness.JobID)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if n := strings.Count(h.Logs.String(), "is not the requested one"); n != c.logged || strings.Count(h.Logs.String(), "level=warn") != n {
					t.Errorf("%d warnings, want %d:\n%s", n, c.logged, h.Logs.String())
				}
				for _, line := range failedCalls(h.Scrape()) {
					t.Errorf("a call failed: %s", line)
				}
			})
		})
	}
}

// Whether the answers of an account name the requested object is remembered across a reload
// that makes a new client. It is not applied to other accounts.
func TestReloadRemembersWhatAnswersName(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Add(harness.Ordinary(time.Now()))
		second := target.Account{Name: "second", RequestsPerSecond: 10, Credentials: harness.Credentials}
		second.Watch(harness.Region, harness.Instance(""), []string{harness.JobID}, nil, nil)
		h.Account().Timeout = 9 * time.Second // another client
		h.Setup.Accounts = append(h.Setup.Accounts, second)
		h.Sim.Inject(gateway.Fault{Edit: reworded(harness.JobID, "another")})
		h.Apply()
		h.Pass(30 * time.Second)
		if n := h.Samples("job_poll_error_info", `account="production"`, `class="decode"`); n != 1 {
			t.Errorf("the answer is taken by the account whose answers named the batch:\n%s", h.Jobs())
		}
		if n := h.Samples("job_poll_success", `account="second"`, "} 1"); n != 1 {
			t.Errorf("the answer is refused by the other account:\n%s", h.Jobs())
		}
	})
}

// A byte order mark before an answer is ignored.
func TestByteOrderMarkIsSkipped(t *testing.T) {
	whole := healthy(t)
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.Inject(gateway.Fault{Edit: func(body []byte) []byte { return append([]byte("\xef\xbb\xbf"), body...) }})
		watchMatrix(h)
		h.Pass(time.Minute)
		if diff := cmp.Diff(steady(whole, ""), steady(h.Scrape(), "")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		h.Sim.Inject(gateway.Fault{Code: "iot.common.InvalidTenant", Edit: func(body []byte) []byte { return append([]byte("\xef\xbb\xbf"), body...) }})
		h.Pass(time.Minute)
		if n := h.Samples("job_poll_error_info", `class="permission",code="iot.common.InvalidTenant"`); n == 0 {
			t.Errorf("a refusal behind a byte order mark is not read:\n%s", h.Jobs())
		}
	})
}

// A list without statuses overwrites nothing that QueryOTAJob said, and makes nothing look
// newer than it is.
func TestListWithoutStatus(t *testing.T) {
	for name, edit := range map[string]func([]byte) []byte{
		"no field": reworded("JobStatus", "Status"),
		"null": func(body []byte) []byte {
			return bytes.ReplaceAll(body, []byte(`"JobStatus":"IN_PROGRESS"`), []byte(`"JobStatus":null`))
		},
		"no text": reworded(aliyun.StatusInProgress, ""),
		"blanks":  reworded(aliyun.StatusInProgress, " "),
		"an object": func(body []byte) []byte {
			return bytes.ReplaceAll(body, []byte(`"JobStatus":"IN_PROGRESS"`), []byte(`"JobStatus":{}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.BulkStatus()
				h.ConfigureRunning(3)
				h.Apply()
				h.Pass(20 * time.Second)
				h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTAJobByFirmware, Edit: edit})
				h.Pass(20 * time.Second)
				h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "iot.system.SystemException"})
				failing := time.Now()
				h.Pass(5 * time.Minute)
				for _, s := range h.Store.Snapshot() {
					if s.Job.Status() != aliyun.StatusInProgress {
						t.Errorf("%s has status %q", s.JobID, s.Job.Status())
					}
					if s.TrueAt().After(failing) {
						t.Errorf("%s is shown as of %v, but nobody said its status since %v", s.JobID, s.TrueAt(), failing)
					}
				}

				h.PutPackage("fw-2", "found")
				h.Discover(nil, []string{"fw-2"})
				h.Apply()
				h.Pass(20 * time.Second)
				h.WantIDs("found", "job-0000", "job-0001", "job-0002")
				if n := h.Samples("job_status", `job_id="found"`) + h.Samples("job_last_success_timestamp_seconds", `job_id="found"`); n != 0 {
					t.Errorf("something is shown of a batch without a status:\n%s", h.Jobs())
				}
			})
		})
	}
}

// Any number of tags and versions gives a bounded number of series, and one line of the log
// for each field.
func TestTagsAndVersionsAreBounded(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		var tags, versions []string
		for i := range 5000 {
			tags = append(tags, fmt.Sprintf(`{"Key":"k%d","Value":"v"}`, i))
			versions = append(versions, fmt.Sprintf(`"1.0.%d"`, i))
		}
		fields := fmt.Sprintf(`"JobStatus":"IN_PROGRESS","Tags":[%s],"SrcVersions":[%s],`, strings.Join(tags, ","), strings.Join(versions, ","))
		h.Sim.Inject(gateway.Fault{Edit: func(body []byte) []byte {
			return bytes.Replace(body, []byte(`"JobStatus":"IN_PROGRESS",`), []byte(fields), 1)
		}})
		b := harness.Ordinary(time.Now())
		b.Tags, b.SrcVersions = nil, nil
		h.Add(b)
		h.Pass(10 * time.Minute)
		if n := h.Samples("job_tag_info{"); n != 50 {
			t.Errorf("%d tags, want 50", n)
		}
		if n := h.Samples("job_source_version_info{"); n != 50 {
			t.Errorf("%d source versions, want 50", n)
		}
		for _, line := range []string{
			`field=Data.Tags what="has 5000 entries; the first 50 different ones are kept"`,
			`field=Data.SrcVersions what="has 5000 entries; the first 50 different ones are kept"`,
		} {
			if n := strings.Count(h.Logs.String(), line); n != 1 {
				t.Errorf("logged %d times, want once: %s\n%.2000s", n, line, h.Logs.String())
			}
		}
		harness.CheckExposition(t, h.Jobs())
	})
}
