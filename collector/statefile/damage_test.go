//go:build unix

package statefile

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/expose"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// A damaged byte loses only its own line. A truncated file keeps the lines before its end.
func TestStateFileDamagedAtEveryByte(t *testing.T) {
	states := someStates()
	whole := encoded(t, states)
	header := bytes.IndexByte(whole, '\n') + 1
	for i := header; i < len(whole); i++ {
		broken := bytes.Clone(whole)
		broken[i] = 0
		lost := 0
		got, err := decode(bytes.NewReader(broken), laterThanAll, func(int, error) { lost++ })
		if err != nil {
			t.Fatalf("byte %d: %v", i, err)
		}
		want := 1
		if whole[i] == '\n' && i < len(whole)-1 {
			want = 2 // it joins two lines
		}
		if lost == 0 || len(got) < len(states)-want {
			t.Errorf("byte %d: %d of %d batches read, %d damaged lines reported", i, len(got), len(states), lost)
		}
		cut, err := decode(bytes.NewReader(whole[:i]), laterThanAll, func(int, error) {})
		if err != nil || len(cut) < bytes.Count(whole[header:i], []byte("\n")) {
			t.Errorf("truncated at byte %d: %d batches, %v", i, len(cut), err)
		}
	}
}

// With any wrong bit in the first line, the exporter either starts or reports a newer version.
// Either way, the content of the file is kept.
func TestStateFileWithAnyBitOfItsHeaderWrong(t *testing.T) {
	whole := encoded(t, someStates())
	path := filepath.Join(t.TempDir(), "state")
	eachBit(whole, 0, bytes.IndexByte(whole, '\n')+1, func(i int, broken []byte) {
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		f, _, err := open(t, path, store.New())
		if err == nil {
			f.Close()
		}
		if err != nil && !strings.Contains(err.Error(), "newer version") {
			t.Errorf("byte %d is %q: %v", i, broken[i], err)
		}
		left, _ := os.ReadFile(path)
		aside, _ := os.ReadFile(path + ".damaged")
		if !bytes.Equal(left, broken) && !bytes.Equal(aside, broken) {
			t.Errorf("byte %d is %q: the content of the file is lost", i, broken[i])
		}
		os.Remove(path + ".damaged")
	})
}

// With any wrong bit in a batch, the batches of the other lines are intact, no state is newer
// than now, and /metrics has no duplicate series.
func TestStateFileWithAnyBitOfABatchWrong(t *testing.T) {
	conditions.SkipUnderRace(t, "long, with one goroutine")
	t.Parallel()
	states := someStates()
	whole := encoded(t, states)
	header := bytes.IndexByte(whole, '\n') + 1
	eachBit(whole, header, len(whole), func(i int, broken []byte) {
		got, err := decode(bytes.NewReader(broken), laterThanAll, func(int, error) {})
		if err != nil {
			t.Fatalf("byte %d is %q: %v", i, broken[i], err)
		}
		intact := 0
		for _, s := range got {
			if inTheFuture(s, laterThanAll) {
				t.Errorf("byte %d is %q: a state from the future: %+v", i, broken[i], s)
			}
		}
		for line := range bytes.Lines(encoded(t, got)[header:]) {
			if bytes.Contains(whole, line) {
				intact++
			}
		}
		least := len(states) - 1
		if whole[i] == '\n' && i < len(whole)-1 {
			least-- // it joins two lines
		}
		if intact < least {
			t.Errorf("byte %d is %q: %d of %d batches intact", i, broken[i], intact, len(states))
		}
		if len(got) < len(states) { // detected, so only the line is lost
			return
		}
		handler, err := expose.NewHandler(known(got), prometheus.NewRegistry(), log.NewNopLogger())
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
		checkOnce(t, w.Body.Bytes())
	})
}

// eachBit calls do with each bit of a range of bytes flipped.
func eachBit(whole []byte, from, to int, do func(i int, broken []byte)) {
	for i := from; i < to; i++ {
		for bit := range 8 {
			broken := bytes.Clone(whole)
			broken[i] ^= 1 << bit
			do(i, broken)
		}
	}
}

// checkOnce fails the test if an exposition has a duplicate series.
func checkOnce(t *testing.T, text []byte) {
	t.Helper()
	seen := make(map[string]bool)
	for line := range bytes.Lines(text) {
		series := string(line[:max(0, bytes.LastIndexByte(line, ' '))])
		if line[0] != '#' && seen[series] {
			t.Fatalf("duplicate: %s", series)
		}
		seen[series] = true
	}
}

// A line that is too long is skipped. The other lines are read.
func TestStateFileWithAnEndlessLine(t *testing.T) {
	lines := bytes.SplitAfter(encoded(t, someStates()), []byte("\n"))
	hole := make([]byte, maxLine+1<<20) // some file systems leave zeros after a crash
	file := bytes.Join([][]byte{lines[0], []byte("{}\n"), lines[1], hole, []byte("\n"), lines[2], hole}, nil)
	var damaged []int
	states, err := decode(bytes.NewReader(file), laterThanAll, func(line int, err error) { damaged = append(damaged, line) })
	if diff := diffStates(someStates()[:2], states); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if want := []int{2, 4, 6}; !cmp.Equal(damaged, want) {
		t.Errorf("damaged lines %v, want %v", damaged, want)
	}
	if _, err := decode(bytes.NewReader(hole), time.Time{}, nil); err == nil {
		t.Error("zeros are accepted as a state file")
	}
}

// Any number of damaged lines gives one line of log.
func TestStateFileWithManyDamagedLines(t *testing.T) {
	const lines = 200_000
	path := filepath.Join(t.TempDir(), "state")
	good := encoded(t, someStates())
	put(t, path, append(good, bytes.Repeat([]byte("x\n"), lines)...), 0o600)
	filled := store.New()
	_, out, err := open(t, path, filled)
	if err != nil || filled.Waiting() != len(someStates()) {
		t.Errorf("error %v, %d batches known, want %d", err, filled.Waiting(), len(someStates()))
	}
	if n := strings.Count(out, "damaged"); n != 1 || !strings.Contains(out, fmt.Sprintf("lines=%d first_line=%d err=\"invalid character 'x'", lines, len(someStates())+2)) {
		t.Errorf("want one line with the count:\n%s", out)
	}
}
