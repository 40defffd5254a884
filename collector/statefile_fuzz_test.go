//go:build unix

package collector

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Whatever became of a state file, each of its lines that is whole is read, each
// other one is told, and what was read is written so that it is read again.
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
		states, err := decodeStates(bytes.NewReader(file), laterThanAll, func(int, error) { damaged++ })
		if err != nil {
			if len(states) > 0 || damaged > 0 {
				t.Errorf("%d states and %d damaged lines of a file that is none: %v", len(states), damaged, err)
			}
			return
		}
		var whole []*State
		lines := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")[1:]
		for _, line := range lines {
			if s, err := decodeState([]byte(line), laterThanAll); err == nil {
				whole = append(whole, s)
			}
		}
		if diff := diffStates(whole, states); diff != "" || len(states)+damaged != len(lines) {
			t.Errorf("of %d lines %d are read and %d told (-line by line +all):\n%s", len(lines), len(states), damaged, diff)
		}
		checkKept(t, states)
	})
}

// checkKept writes and reads states.
func checkKept(t *testing.T, states []*State) {
	t.Helper()
	var known []*State // something of
	for _, s := range states {
		if !s.Polled() && s.Job == nil {
			continue
		}
		if s.Source == "" { // the configuration says where it is watched
			kept := *s
			kept.Target = Target{Account: s.Account, JobID: s.JobID}
			s = &kept
		}
		known = append(known, s)
	}
	back, err := decodeStates(bytes.NewReader(encoded(t, states)), laterThanAll, func(line int, err error) {
		t.Errorf("line %d of what was written is damaged: %v", line, err)
	})
	if diff := diffStates(known, back); diff != "" || err != nil {
		t.Errorf("written and read: error %v (-was +is):\n%s", err, diff)
	}
}

func diffStates(a, b []*State) string {
	return cmp.Diff(a, b, asText, cmpopts.IgnoreUnexported(State{}), cmpopts.EquateEmpty())
}

// A line that is longer than any can be costs no other.
func TestStateFileWithAnEndlessLine(t *testing.T) {
	lines := bytes.SplitAfter(encoded(t, someStates()), []byte("\n"))
	hole := make([]byte, maxLine+1<<20) // as after a crash of some file systems
	file := bytes.Join([][]byte{lines[0], []byte("{}\n"), lines[1], hole, []byte("\n"), lines[2], hole}, nil)
	var told []int
	states, err := decodeStates(bytes.NewReader(file), laterThanAll, func(line int, err error) { told = append(told, line) })
	if diff := diffStates(someStates()[:2], states); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if want := []int{2, 4, 6}; !cmp.Equal(told, want) {
		t.Errorf("damaged lines %v, want %v", told, want)
	}
	if _, err := decodeStates(bytes.NewReader(hole), time.Time{}, nil); err == nil {
		t.Error("a hole is a state file")
	}
}
