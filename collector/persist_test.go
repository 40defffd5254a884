//go:build unix

package collector

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// someStates are one batch of each kind that a state file can hold.
func someStates() []*State {
	at := time.Date(2026, 11, 23, 12, 0, 0, 625e6, time.UTC)
	name, status, retries := "升级 \"x\"\n", aliyun.StatusInProgress, 0.0
	target := func(id string) Target { return Target{Account: "production", JobID: id} }
	discovered := target("job-3")
	discovered.Source, discovered.Region, discovered.Instance.ID = "product a1", "cn-shanghai", "iot-1"
	return []*State{
		{Target: target("job-1"), Job: &aliyun.Job{Name: &name, JobStatus: &status, RetryCount: &retries, UtcCreate: &at, SrcVersions: []string{"1"}, Tags: []aliyun.Tag{{Key: &name}}}, AsOf: at, Asked: at},
		{Target: target("job-2"), Job: &aliyun.Job{}, AsOf: at, Asked: at.Add(time.Hour), Listed: at.Add(2 * time.Hour), Failures: 3,
			Devices: &DeviceCounts{ByStatus: map[string]int{"QUEUED": 0, "SUCCEEDED": 7}, Total: 7, AsOf: at}, ErrAt: at.Add(time.Hour),
			Err: &aliyun.Error{Operation: aliyun.OpQueryOTAJob, Class: aliyun.ClassTransport, Code: "c", Message: "m", RequestID: "r", HTTPStatus: 500, Err: errors.New("no route")}},
		{Target: discovered, Asked: at, Failures: 1, ErrAt: at, Err: &aliyun.Error{Class: aliyun.ClassNotFound}},
	}
}

var laterThanAll = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

func encoded(t testing.TB, states []*State) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encodeStates(&b, states); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asText compares errors by what they say.
var asText = cmp.Comparer(func(a, b *aliyun.Error) bool { return fmt.Sprint(a) == fmt.Sprint(b) })

func TestStateFileGivesBackWhatWasKnown(t *testing.T) {
	states := someStates()
	never := &State{Target: Target{Account: "production", JobID: "never polled"}}
	got, err := decodeStates(bytes.NewReader(encoded(t, append(states, never))), laterThanAll, func(line int, err error) {
		t.Errorf("line %d is damaged: %v", line, err)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(states, got, asText, cmpopts.IgnoreUnexported(State{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStateFileFromAClockThatWasAhead(t *testing.T) {
	now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	got, err := decodeStates(bytes.NewReader(encoded(t, someStates())), now, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if s.Asked.After(now) || s.AsOf.After(now) || s.ErrAt.After(now) {
			t.Errorf("%s would not be asked until %v", s.JobID, s.Asked)
		}
	}
}

// Whatever one byte becomes, at most the line that it is in is lost.
func TestStateFileDamagedAtEveryByte(t *testing.T) {
	states := someStates()
	whole := encoded(t, states)
	header := bytes.IndexByte(whole, '\n') + 1
	for i := header; i < len(whole); i++ {
		broken := bytes.Clone(whole)
		broken[i] = 0
		lost := 0
		got, err := decodeStates(bytes.NewReader(broken), laterThanAll, func(int, error) { lost++ })
		if err != nil {
			t.Fatalf("byte %d: %v", i, err)
		}
		want := 1
		if whole[i] == '\n' && i < len(whole)-1 {
			want = 2 // two lines have become one
		}
		if lost == 0 || len(got) < len(states)-want {
			t.Errorf("byte %d: %d of %d batches read, %d lines said to be damaged", i, len(got), len(states), lost)
		}
		cut, err := decodeStates(bytes.NewReader(whole[:i]), laterThanAll, func(int, error) {})
		if err != nil || len(cut) < bytes.Count(whole[header:i], []byte("\n")) {
			t.Errorf("cut at byte %d: %d batches, %v", i, len(cut), err)
		}
	}
}

func open(t *testing.T, path string, store *Store) (*StateFile, string, error) {
	t.Helper()
	var out bytes.Buffer
	f, err := OpenStateFile(path, time.Minute, store, NewStateMetrics(prometheus.NewRegistry()), log.NewLogfmtLogger(&out))
	return f, out.String(), err
}

func TestStateFileAtTheStart(t *testing.T) {
	good := string(encoded(t, someStates()))
	newer := strings.Replace(good, `"version":1`, `"version":2`, 1)
	for name, c := range map[string]struct {
		content        string
		known          int
		err, log, left string // left is in FILE.damaged
	}{
		"what an earlier run wrote":   {content: good, known: 3},
		"an empty file":               {content: ""},
		"a line that is no JSON":      {content: good + "{\"account\"\n", known: 3, log: "line=5"},
		"a line without a job id":     {content: good + `{"account":"a"}` + "\n", known: 3, log: "no account or job_id"},
		"a file of a newer version":   {content: newer, err: "version 2, this one reads up to 1"},
		"a file that is no such file": {content: "hello\nworld\n", log: "moved aside", left: "hello\nworld\n"},
		"JSON that is no such file":   {content: "{}\n", log: "names no version", left: "{}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			store := NewStore()
			_, out, err := open(t, path, store)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || !strings.Contains(err.Error(), path) {
					t.Errorf("error %v", err)
				}
				if now, _ := os.ReadFile(path); string(now) != c.content {
					t.Error("the file was touched")
				}
				return
			}
			if err != nil || !strings.Contains(out, c.log) || len(store.restored) != c.known {
				t.Errorf("error %v, %d batches known, log:\n%s", err, len(store.restored), out)
			}
			if left, _ := os.ReadFile(path + ".damaged"); string(left) != c.left {
				t.Errorf("set aside: %q", left)
			}
		})
	}
}

func TestStateFileThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{
		"no such directory":       filepath.Join(dir, "none", "state"),
		"a directory":             dir,
		"below a file":            "/dev/null/state",
		"a directory without end": filepath.Join(dir, strings.Repeat("x", 300)),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := open(t, path, NewStore()); err == nil || !strings.HasPrefix(err.Error(), "--persistence.file: ") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// known is a store that holds these states.
func known(states []*State) *Store {
	store := NewStore()
	store.Restore(states)
	var targets []Target
	for _, s := range states {
		targets = append(targets, s.Target)
	}
	store.SetTargets("production", targets, nil)
	return store
}

func TestStateFileIsWrittenAtomically(t *testing.T) {
	if !InChild(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "state")
	f, _, err := open(t, path, known(someStates()))
	if err != nil {
		t.Fatal(err)
	}
	f.write()
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("mode %v, error %v", info.Mode(), err)
	}
	content, _ := os.ReadFile(path)
	if !bytes.Equal(content, encoded(t, someStates())) {
		t.Errorf("the file holds:\n%s", content)
	}
	if testutil.ToFloat64(f.metrics.lastGood) == 0 {
		t.Error("the time of the write is not told")
	}

	// A limit on the size of files stands for a full disk.
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: old.Max}); err != nil {
		t.Skip("the size of files cannot be limited here:", err)
	}
	f.write()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if testutil.ToFloat64(f.metrics.failures) != 1 {
		t.Error("the failure was not counted")
	}
	if now, _ := os.ReadFile(path); !bytes.Equal(now, content) {
		t.Errorf("the old file did not survive:\n%s", now)
	}
	if _, err := os.Stat(path + ".tmp"); err == nil {
		t.Error("the temporary file is still there")
	}
}

// What a batch first gets, from whichever operation, is written soon: a crash
// loses ages, not series.
func TestStateFileFirstNewsAreChanges(t *testing.T) {
	status, at := aliyun.StatusInProgress, time.Unix(1, 0)
	store := known([]*State{{Target: Target{Account: "production", JobID: "job-1"}}})
	for _, step := range []struct {
		name   string
		change func(*State)
		news   bool
	}{
		{"a list shows it", func(s *State) { s.Listed, s.Job = at, &aliyun.Job{JobStatus: &status} }, true},
		{"the first poll is answered", func(s *State) { s.AsOf, s.Asked = at, at }, true},
		{"its devices are counted", func(s *State) { s.Devices = &DeviceCounts{AsOf: at} }, true},
		{"it only gets older", func(s *State) { s.AsOf, s.Asked = at.Add(1), at.Add(1) }, false},
		{"it begins to fail", func(s *State) { s.Err = &aliyun.Error{} }, true},
	} {
		before := store.Changes()
		store.Update("production", "job-1", func(s *State) *State {
			next := *s
			step.change(&next)
			return &next
		})
		if news := store.Changes() != before; news != step.news {
			t.Errorf("%s: news %v, want %v", step.name, news, step.news)
		}
	}
}

// manyStates are n batches with every field set.
func manyStates(n int) []*State {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	text, number, truth := "a1ColdChn01xxxxxxxxxxxxx", 10.0, true
	states := make([]*State, n)
	for i := range states {
		states[i] = &State{
			Target: Target{Account: "production", JobID: fmt.Sprintf("wahVIzGkCMuAUE2gDERM%08d", i)},
			AsOf:   at, Asked: at,
			Job: &aliyun.Job{
				Name: &text, JobDesc: &text, FirmwareID: &text, ProductKey: &text, DestVersion: &text, JobStatus: &text, JobType: &text,
				SelectionType: &text, TargetSelection: &text, DownloadProtocol: &text, GroupID: &text, GroupName: &text,
				DynamicMode: &number, OverwriteMode: &number, MaximumPerMinute: &number, RetryCount: &number, RetryInterval: &number,
				TimeoutInMinutes: &number, GrayPercent: &number, NeedPush: &truth, NeedConfirm: &truth, MultiModuleMode: &truth,
				UtcCreate: &at, UtcModified: &at, UtcStartTime: &at, UtcEndTime: &at, UtcScheduleTime: &at, UtcScheduleFinishTime: &at,
				SrcVersions: []string{text}, Tags: []aliyun.Tag{{Key: &text, Value: &text}},
			},
		}
	}
	return states
}

// cpu is the processor time of this process so far.
func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkStateFile is of 10,000 batches with every field set: at most 100 ms
// of CPU for a write, fsync included, and 200 ms for a read.
func BenchmarkStateFile(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state")
	store := known(manyStates(10_000))
	open := func() *StateFile {
		f, err := OpenStateFile(path, time.Minute, store, NewStateMetrics(prometheus.NewRegistry()), log.NewNopLogger())
		if err != nil {
			b.Fatal(err)
		}
		return f
	}
	f := open()
	b.Run("write", func(b *testing.B) {
		start := cpu()
		for b.Loop() {
			f.write()
		}
		b.ReportMetric(float64(cpu()-start)/float64(b.N)/1e6, "cpu-ms/op")
	})
	b.Run("read", func(b *testing.B) {
		start := cpu()
		for b.Loop() {
			open()
		}
		b.ReportMetric(float64(cpu()-start)/float64(b.N)/1e6, "cpu-ms/op")
	})
	if info, err := os.Stat(path); err == nil {
		b.Logf("the file has %d bytes", info.Size())
	}
}
