//go:build unix

package statefile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// someStates returns one batch of each kind that a state file can contain.
func someStates() []*store.State {
	at := time.Date(2026, 11, 23, 12, 0, 0, 625e6, time.UTC)
	name, status, retries, size := "升级 \"x\"\n", aliyun.StatusInProgress, 0.0, 0
	target := func(id string) target.Target { return target.Target{Account: "production", JobID: id} }
	discovered := target("job-3")
	discovered.FoundBy, discovered.Region, discovered.Instance.ID = "product a1", "cn-shanghai", "iot-1"
	return []*store.State{
		{Target: target("job-1"), Job: &aliyun.Job{Name: &name, JobStatus: &status, RetryCount: &retries, UtcCreate: &at, SrcVersions: []string{"1"}, Tags: []aliyun.Tag{{Key: &name}}}, AsOf: at, Asked: at, Size: &size},
		{Target: target("job-2"), Job: &aliyun.Job{}, AsOf: at, Asked: at.Add(time.Hour), Listed: at.Add(2 * time.Hour), Failures: 3,
			Devices: &store.DeviceCounts{ByStatus: map[string]int{"QUEUED": 0, "SUCCEEDED": 7}, Total: 7, AsOf: at, FinishedAt: at.Add(-time.Hour)}, Size: new(7), ErrAt: at.Add(time.Hour),
			Err: &aliyun.Error{Operation: aliyun.OpQueryOTAJob, Class: aliyun.ClassTransport, Code: "c", Message: "m", RequestID: "r", HTTPStatus: 500, Cause: aliyun.CauseDNS, Err: errors.New("no route")}},
		{Target: discovered, Asked: at, Failures: 1, ErrAt: at, Err: &aliyun.Error{Class: aliyun.ClassNotFound}},
		{Target: target("job-4"), Job: &aliyun.Job{JobStatus: &status}, AsOf: at, Asked: at, Size: new(9),
			Devices: &store.DeviceCounts{ByStatus: map[string]int{"FAILED": 9}, Total: 9, AsOf: at, FinishedAt: at, Reasons: map[string]int{"timeout": 2, "flash_full": 6, "unread": 1}},
			History: []store.Event{{At: at, Status: status}, {At: at, Operation: aliyun.OpListOTATaskByJob, Class: aliyun.ClassServer, Code: "c", RequestID: "r"}, {At: at.Add(time.Hour), Operation: aliyun.OpListOTATaskByJob}}},
	}
}

// laterThanAll is the time at which the states are read again.
var laterThanAll = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

func encoded(t testing.TB, states []*store.State) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, states); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// diffStates compares states, and their errors by text, because the file keeps only the text of
// a cause.
func diffStates(a, b []*store.State) string {
	errorTexts := cmp.Comparer(func(a, b *aliyun.Error) bool { return fmt.Sprint(a) == fmt.Sprint(b) })
	return cmp.Diff(a, b, errorTexts, cmpopts.IgnoreUnexported(store.State{}, store.DeviceCounts{}), cmpopts.EquateEmpty())
}

// inTheFuture reports whether a state is newer than now.
func inTheFuture(s *store.State, now time.Time) bool {
	for _, e := range s.History {
		if e.At.After(now) {
			return true
		}
	}
	return s.AsOf.After(now) || s.Asked.After(now) || s.Listed.After(now) || s.ErrAt.After(now)
}

func TestStateFileKeepsStates(t *testing.T) {
	states := someStates()
	never := &store.State{Target: target.Target{Account: "production", JobID: "never polled"}}
	got, err := decode(bytes.NewReader(encoded(t, append(states, never))), laterThanAll, func(line int, err error) {
		t.Errorf("line %d is damaged: %v", line, err)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := diffStates(states, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Older versions did not write the size. It is the total of the device counts then.
func TestStateFileWithoutSizes(t *testing.T) {
	file := `{"version":1}
{"account":"a","job_id":"counted","job":{},"devices":{"QUEUED":5},"devices_total":7}
{"account":"a","job_id":"empty","job":{},"devices":{"QUEUED":0}}
{"account":"a","job_id":"not counted","job":{}}
`
	states, err := decode(strings.NewReader(file), laterThanAll, nil)
	if err != nil || len(states) != 3 {
		t.Fatalf("%d states: %v", len(states), err)
	}
	for i, want := range []*int{new(7), new(0), nil} {
		if diff := cmp.Diff(want, states[i].Size); diff != "" {
			t.Errorf("%s (-want +got):\n%s", states[i].JobID, diff)
		}
	}
}

// A file that was written with the clock ahead does not delay polls.
func TestStateFileFromAClockThatWasAhead(t *testing.T) {
	now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	got, err := decode(bytes.NewReader(encoded(t, someStates())), now, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if inTheFuture(s, now) {
			t.Errorf("%s would not be polled until %v", s.JobID, s.Asked)
		}
	}
}
