package poll_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// place is an operation in which a fault happens, and how that shows.
type place struct {
	jobID  string        // of the calls that fail; "" for all of the operation
	wait   time.Duration // between two calls for the same thing
	logged string        // in the log
	// shown checks /metrics during the fault; whole is what it says without one.
	// first: no call has succeeded yet.
	shown func(t *testing.T, text, whole string, c fault, first bool)
	sign  string // part of a line of /metrics that changes with the next success
}

// places are all operations. The matrix uses each: two batches are configured and
// their devices counted, and a product is discovered that has a third batch.
var places = map[string]place{
	aliyun.OpQueryOTAJob: {
		jobID: harness.JobID, wait: 15 * time.Second, logged: "polling the batch fails",
		sign: `job_poll_success{account="production",job_id="` + harness.JobID + `"}`,
		shown: func(t *testing.T, text, whole string, c fault, first bool) {
			t.Helper()
			harness.CheckLine(t, text, "job_poll_success", "", "0")
			harness.CheckLine(t, text, "job_poll_error_info", fmt.Sprintf(",class=%q,code=%q", c.class, c.Code), "1")
			want := steady(whole, harness.JobID)
			if first || c.class == aliyun.ClassNotFound {
				want = ""
			}
			if diff := cmp.Diff(want, steady(text, harness.JobID)); diff != "" {
				t.Errorf("the batch itself (-want +got):\n%s", diff)
			}
		},
	},
	aliyun.OpListOTATaskByJob: {
		jobID: harness.JobID, wait: 20 * time.Second, logged: "counting the devices of a batch fails",
		sign: `job_devices_last_success_timestamp_seconds{account="production",job_id="` + harness.JobID + `"}`,
		shown: func(t *testing.T, text, whole string, _ fault, first bool) {
			t.Helper()
			if first {
				if strings.Contains(text, `job_devices{account="production",job_id="`+harness.JobID) {
					t.Errorf("devices that were not counted:\n%s", text)
				}
				return
			}
			if diff := cmp.Diff(steady(whole, harness.JobID), steady(text, harness.JobID)); diff != "" {
				t.Errorf("the batch itself (-want +got):\n%s", diff)
			}
		},
	},
	aliyun.OpListOTAJobByFirmware: {
		wait: 12 * time.Second, logged: "reading a list fails",
		sign: `operation="ListOTAJobByFirmware",result="success"`, shown: shownByList,
	},
	aliyun.OpListOTAFirmware: {
		wait: 20 * time.Second, logged: "reading a list fails",
		sign: `operation="ListOTAFirmware",result="success"`, shown: shownByList,
	},
}

// found is the batch of the matrix that a list shows, bystander one that has no fault.
const found, bystander = "found", "bystander"

func shownByList(t *testing.T, text, whole string, _ fault, first bool) {
	t.Helper()
	want := steady(whole, found)
	if first {
		want = ""
	}
	if diff := cmp.Diff(want, steady(text, found)); diff != "" {
		t.Errorf("what the list shows (-want +got):\n%s", diff)
	}
}

// watchMatrix begins to watch what the places need.
func watchMatrix(h *harness.Harness) {
	h.Setup.Rules.DeviceInterval, h.Setup.Rules.DiscoveryInterval = 20*time.Second, 20*time.Second
	h.CountDevices()
	h.ConfigureOrdinary("fw-1", bystander, harness.JobID)
	h.PutPackage("fw-2", found)
	h.Discover([]string{harness.ProductKey}, nil)
	h.Apply()
}

// healthy is /metrics of the matrix without a fault.
func healthy(t *testing.T) (text string) {
	synctest.Test(t, func(t *testing.T) {
		h := harness.New(t)
		watchMatrix(h)
		h.Pass(time.Minute)
		text = h.Scrape()
	})
	for _, id := range []string{bystander, harness.JobID, found} {
		if steady(text, id) == "" {
			t.Fatalf("%s is not there:\n%s", id, text)
		}
	}
	return text
}

// steady are the samples of a batch that are the same in each run while all is well; jobID ""
// is all batches.
func steady(text, jobID string) string {
	return harness.LinesWhere(harness.WithoutPoll(harness.JobFamilies(text)), func(line string) bool {
		return line[0] != '#' && !strings.Contains(line, "_last_") && strings.Contains(line, `job_id="`+jobID)
	})
}

// checkOthers wants the other batches to be as without the fault, except where only
// the operation itself could have shown them. Throttling is no batch's own: before
// the first success, others wait for the slot too.
func checkOthers(t *testing.T, text, whole string, c fault, operation string, first bool) {
	t.Helper()
	others := []string{bystander}
	switch lists := places[operation].jobID == ""; {
	case lists:
		others = append(others, harness.JobID)
	case c.class != aliyun.ClassThrottled:
		others = append(others, found)
	case first:
		return
	}
	for _, id := range others {
		if diff := cmp.Diff(steady(whole, id), steady(text, id)); diff != "" {
			t.Errorf("%s, which has no fault (-want +got):\n%s", id, diff)
		}
		if !strings.Contains(text, `job_poll_success{account="production",job_id="`+id+`"} 1`) {
			t.Errorf("%s is not polled well:\n%s", id, harness.JobFamilies(text))
		}
	}
}

// checkCalls wants only calls of the operation to have failed, and only in this class.
func checkCalls(t *testing.T, text string, c fault, operation string) {
	t.Helper()
	lines := failedCalls(text)
	if want := fmt.Sprintf(`{account="production",operation=%q,result=%q}`, operation, c.class); len(lines) != 1 || !strings.Contains(lines[0], want) {
		t.Errorf("calls failed: %q, want only %s", lines, want)
	}
}

// failedCalls are the lines of /metrics about calls that failed.
func failedCalls(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, "api_requests_total{") && !strings.Contains(line, `result="success"`) && !strings.HasSuffix(line, "} 0\n") {
			lines = append(lines, line)
		}
	}
	return lines
}

// checkLog wants one warning about the fault, and nothing else.
func checkLog(t *testing.T, logs string, c fault, operation string) {
	t.Helper()
	want := []string{places[operation].logged, fmt.Sprintf(" class=%s code=%s ", c.class, c.Code)}
	if c.class == aliyun.ClassThrottled {
		want = []string{"the API throttles", "operation=" + operation}
	}
	warnings, line := strings.Count(logs, "level=warn"), harness.LineOf(logs, "level=warn")
	for _, text := range want {
		if warnings != 1 || !strings.Contains(line, text) {
			t.Errorf("%d warnings, want one, with %q:\n%s", warnings, text, logs)
		}
	}
	if strings.Contains(logs, "level=error") {
		t.Errorf("an error of its own:\n%s", logs)
	}
}

// untilFailed passes time, a second at a time, until a call has failed.
func untilFailed(h *harness.Harness, limit time.Duration) {
	h.T.Helper()
	for deadline := time.Now().Add(limit); len(failedCalls(h.Scrape())) == 0; h.Pass(time.Second) {
		if time.Now().After(deadline) {
			h.T.Fatalf("no call has failed within %v:\n%s", limit, h.Scrape())
		}
	}
}
