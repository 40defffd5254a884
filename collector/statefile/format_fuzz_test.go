//go:build unix

package statefile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// From any damaged state file, every intact line is read and every other line is reported. The
// states can be written and read again.
func FuzzStateFile(f *testing.F) {
	good := encoded(f, someStates())
	f.Add(good)
	f.Add(bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")))
	f.Add(bytes.Replace(good, []byte(`"job-2"`), []byte("\x00"), 1))
	f.Add([]byte(`{"version":1}` + "\n\n" + `{"account":"a","job_id":"b","failures":-1,"devices":{"X":-5},"devices_total":-5,"asked":"2999-01-01T00:00:00+14:00"}`))
	f.Add([]byte(`{"version":1}` + "\n" + `{"account":"a","job_id":"b","job":{"UtcCreate":"0000-01-01T00:00:00+01:00","RetryCount":1e308,"Tags":[null,{}]},"error":{}}`))
	f.Add([]byte(`{"version":2}`))
	f.Add([]byte("null\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		damaged := 0
		states, err := decode(bytes.NewReader(file), laterThanAll, func(int, error) { damaged++ })
		if err != nil {
			if len(states) > 0 || damaged > 0 {
				t.Errorf("%d states and %d damaged lines of something that is not a state file: %v", len(states), damaged, err)
			}
			return
		}
		var whole []*store.State
		lines := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")[1:]
		for _, line := range lines {
			if s, err := decodeState([]byte(line), laterThanAll); err == nil {
				whole = append(whole, s)
			}
		}
		if diff := diffStates(whole, states); diff != "" || len(states)+damaged != len(lines) {
			t.Errorf("of %d lines %d are read and %d reported (-line by line +all):\n%s", len(lines), len(states), damaged, diff)
		}
		checkKept(t, states)
	})
}

// checkKept fails the test if writing and reading states changes them.
func checkKept(t *testing.T, states []*store.State) {
	t.Helper()
	var known []*store.State
	for _, s := range states {
		if !s.Polled() && s.Job == nil {
			continue
		}
		if s.FoundBy == "" { // the rest of the target is in the configuration
			kept := *s
			kept.Target = target.Target{Account: s.Account, JobID: s.JobID}
			s = &kept
		}
		known = append(known, s)
	}
	back, err := decode(bytes.NewReader(encoded(t, states)), laterThanAll, func(line int, err error) {
		t.Errorf("line %d of what was written is damaged: %v", line, err)
	})
	if diff := diffStates(known, back); diff != "" || err != nil {
		t.Errorf("written and read: error %v (-was +is):\n%s", err, diff)
	}
}
