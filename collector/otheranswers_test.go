package collector_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// replaced lets every answer be this one.
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

// Answers with Success that are not about what was asked for change nothing that is
// known, count as decode, and end without a trace.
func TestAnswersAboutSomethingElse(t *testing.T) {
	whole := healthy(t)
	for operation, edits := range map[string]map[string]func([]byte) []byte{
		aliyun.OpQueryOTAJob: {
			"no fields":              replaced(`{"Success":true,"Data":{}}`),
			"no Data":                replaced(`{"Success":true}`),
			"no JobStatus":           reworded("JobStatus", "Status"),
			"JobStatus null":         replaced(`{"Success":true,"Data":{"JobStatus":null,"JobId":"` + jobID + `"}}`),
			"JobStatus of blanks":    replaced(`{"Success":true,"Data":{"JobStatus":" ","JobId":"` + jobID + `"}}`),
			"JobStatus is a list":    replaced(`{"Success":true,"Data":{"JobStatus":["COMPLETED"],"JobId":"` + jobID + `"}}`),
			"JobStatus of 10 kB":     replaced(`{"Success":true,"Data":{"JobStatus":"` + strings.Repeat("X", 10_000) + `","JobId":"` + jobID + `"}}`),
			"another batch":          reworded(jobID, "another"),
			"another, very long":     reworded(jobID, strings.Repeat("another", 1000)),
			"another case":           reworded(jobID, strings.ToUpper(jobID)),
			"another, in lower case": replaced(`{"success":true,"data":{"jobStatus":"COMPLETED","jobId":"another"}}`),
		},
		aliyun.OpListOTATaskByJob: {
			"no fields":       replaced(`{"Success":true,"Data":{}}`),
			"no Total":        reworded("Total", "Sum"),
			"another batch":   reworded(jobID, "another"),
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
			"another product":     reworded(productKey, "another"),
			"a Total, no entries": replaced(`{"Success":true,"Total":5,"FirmwareInfo":{}}`),
		},
	} {
		at := places[operation]
		for name, edit := range edits {
			t.Run(operation+"/"+name, func(t *testing.T) {
				simulated(t, func(t *testing.T, h *harness) {
					h.watchMatrix()
					h.pass(30 * time.Second)
					mend := h.sim.Inject(simulator.Fault{Operation: operation, JobID: at.jobID, Edit: edit})
					h.pass(time.Minute)
					text := h.scrape()
					at.shown(t, text, whole, fault{class: aliyun.ClassDecode}, false)
					if n := h.value(fmt.Sprintf(`api_requests_total{account="production",operation=%q,result="decode"}`, operation)); n == 0 {
						t.Errorf("no call is counted as decode:\n%s", text)
					}
					if !strings.Contains(h.logs.String(), at.said) {
						t.Errorf("the log does not say %q:\n%s", at.said, h.logs.String())
					}
					if len(h.logs.String()) > 4096 {
						t.Errorf("the log has %d bytes", len(h.logs.String()))
					}
					mend()
					h.pass(5 * time.Minute) // the longest that a batch that fails waits
					if diff := cmp.Diff(steady(whole, ""), steady(h.scrape(), "")); diff != "" {
						t.Errorf("not as without the fault (-want +got):\n%s", diff)
					}
				})
			})
		}
	}
}

// No page promises that an answer names what was asked for. Until an account's answers
// have done so, one that names something else is taken, with one warning for each
// operation; what differs by blanks only is the same.
func TestAnswersThatNeverName(t *testing.T) {
	whole := healthy(t)
	for name, c := range map[string]struct {
		edit func([]byte) []byte
		said int // warnings
	}{
		"another batch always": {reworded(jobID, "another"), 2},
		"no batch ever":        {reworded("JobId", "Id"), 0},
		"with blanks":          {reworded(jobID, `  `+jobID+`\t`), 0},
		"keys in lower case":   {reworded("JobId", "jobid"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.setup.Rules.DeviceInterval, h.setup.Rules.DiscoveryInterval = 20*time.Second, 20*time.Second
				h.countDevices()
				h.configureOrdinary("fw-1", jobID)
				h.sim.Inject(simulator.Fault{JobID: jobID, Edit: c.edit})
				h.apply()
				h.pass(2 * time.Minute)
				if diff := cmp.Diff(steady(whole, jobID), steady(h.scrape(), jobID)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if n := strings.Count(h.logs.String(), "not what was asked for"); n != c.said || strings.Count(h.logs.String(), "level=warn") != n {
					t.Errorf("%d warnings, want %d:\n%s", n, c.said, h.logs.String())
				}
				for _, line := range failedCalls(h.scrape()) {
					t.Errorf("a call failed: %s", line)
				}
			})
		})
	}
}

// What an account's answers were seen to do outlives a reload that gives the account
// another client, and says nothing of another account.
func TestReloadRemembersWhatAnswersName(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.add(ordinary(time.Now()))
		second := collector.Account{Name: "second", RequestsPerSecond: 10, Credentials: credentials}
		second.Watch(region, instance(""), []string{jobID}, nil, nil)
		h.account().Timeout = 9 * time.Second // another client
		h.setup.Accounts = append(h.setup.Accounts, second)
		h.sim.Inject(simulator.Fault{Edit: reworded(jobID, "another")})
		h.apply()
		h.pass(30 * time.Second)
		if n := h.samples("job_poll_error_info", `account="production"`, `class="decode"`); n != 1 {
			t.Errorf("the answer is taken by the account whose answers named the batch:\n%s", h.jobs())
		}
		if n := h.samples("job_poll_success", `account="second"`, "} 1"); n != 1 {
			t.Errorf("the answer is refused by the other account:\n%s", h.jobs())
		}
	})
}

// What comes before the answer and means nothing is no part of it.
func TestByteOrderMarkIsSkipped(t *testing.T) {
	whole := healthy(t)
	simulated(t, func(t *testing.T, h *harness) {
		h.sim.Inject(simulator.Fault{Edit: func(body []byte) []byte { return append([]byte("\xef\xbb\xbf"), body...) }})
		h.watchMatrix()
		h.pass(time.Minute)
		if diff := cmp.Diff(steady(whole, ""), steady(h.scrape(), "")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		h.sim.Inject(simulator.Fault{Code: "iot.common.InvalidTenant", Edit: func(body []byte) []byte { return append([]byte("\xef\xbb\xbf"), body...) }})
		h.pass(time.Minute)
		if n := h.samples("job_poll_error_info", `class="permission",code="iot.common.InvalidTenant"`); n == 0 {
			t.Errorf("a refusal behind a byte order mark is not read:\n%s", h.jobs())
		}
	})
}

// A list that leaves the status out takes nothing away that QueryOTAJob said, and makes
// nothing look newer than it is.
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
			simulated(t, func(t *testing.T, h *harness) {
				h.bulkStatus()
				h.configureRunning(3)
				h.apply()
				h.pass(20 * time.Second)
				h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTAJobByFirmware, Edit: edit})
				h.pass(20 * time.Second)
				h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, Code: "iot.system.SystemException"})
				failing := time.Now()
				h.pass(5 * time.Minute)
				for _, s := range h.store.Snapshot() {
					if s.Job.Status() != aliyun.StatusInProgress {
						t.Errorf("%s has status %q", s.JobID, s.Job.Status())
					}
					if s.TrueAt().After(failing) {
						t.Errorf("%s is shown as of %v, but nobody said its status since %v", s.JobID, s.TrueAt(), failing)
					}
				}

				h.putPackage("fw-2", "found")
				h.discover(nil, []string{"fw-2"})
				h.apply()
				h.pass(20 * time.Second)
				h.wantIDs("found", "job-0000", "job-0001", "job-0002")
				if n := h.samples("job_status", `job_id="found"`) + h.samples("job_last_success_timestamp_seconds", `job_id="found"`); n != 0 {
					t.Errorf("something is shown of a batch without a status:\n%s", h.jobs())
				}
			})
		})
	}
}

// Any number of tags and versions comes to a bounded number of series, and one line of
// the log for each field, whatever comes after it.
func TestTagsAndVersionsAreBounded(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		var tags, versions []string
		for i := range 5000 {
			tags = append(tags, fmt.Sprintf(`{"Key":"k%d","Value":"v"}`, i))
			versions = append(versions, fmt.Sprintf(`"1.0.%d"`, i))
		}
		fields := fmt.Sprintf(`"JobStatus":"IN_PROGRESS","Tags":[%s],"SrcVersions":[%s],`, strings.Join(tags, ","), strings.Join(versions, ","))
		h.sim.Inject(simulator.Fault{Edit: func(body []byte) []byte {
			return bytes.Replace(body, []byte(`"JobStatus":"IN_PROGRESS",`), []byte(fields), 1)
		}})
		b := ordinary(time.Now())
		b.Tags, b.SrcVersions = nil, nil
		h.add(b)
		h.pass(10 * time.Minute)
		if n := h.samples("job_tag_info{"); n != 50 {
			t.Errorf("%d tags, want 50", n)
		}
		if n := h.samples("job_source_version_info{"); n != 50 {
			t.Errorf("%d source versions, want 50", n)
		}
		for _, line := range []string{
			`field=Data.Tags what="has 5000 entries; the first 50 different ones are kept"`,
			`field=Data.SrcVersions what="has 5000 entries; the first 50 different ones are kept"`,
		} {
			if n := strings.Count(h.logs.String(), line); n != 1 {
				t.Errorf("told %d times, want once: %s\n%.2000s", n, line, h.logs.String())
			}
		}
		checkExposition(t, h.jobs())
	})
}
