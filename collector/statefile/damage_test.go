//go:build unix

package statefile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/expose"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/promtext"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// Whichever byte is lost, at most its own line is; a file that is cut off keeps the
// lines before the cut.
func TestStateFileDamagedAtEveryByte(t *testing.T) {
	states := someStates()
	whole := encoded(t, states)
	header := bytes.IndexByte(whole, '\n') + 1
	for i := header; i < len(whole); i++ {
		broken := bytes.Clone(whole)
		broken[i] = 0
		lost := 0
		got, err := Decode(bytes.NewReader(broken), laterThanAll, func(int, error) { lost++ })
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
		cut, err := Decode(bytes.NewReader(whole[:i]), laterThanAll, func(int, error) {})
		if err != nil || len(cut) < bytes.Count(whole[header:i], []byte("\n")) {
			t.Errorf("cut at byte %d: %d batches, %v", i, len(cut), err)
		}
	}
}

// Whichever bit of the first line is wrong, the exporter starts, or says that the file
// is a newer version's. Either way no byte of the file is lost.
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
			t.Errorf("byte %d is %q: the file is gone", i, broken[i])
		}
		os.Remove(path + ".damaged")
	})
}

// Whichever bit of a batch is wrong, the batches of the other lines are whole, nothing
// is newer than now, and /metrics shows no series twice.
func TestStateFileWithAnyBitOfABatchWrong(t *testing.T) {
	conditions.SkipUnderRace(t, "one goroutine, long")
	t.Parallel()
	states := someStates()
	whole := encoded(t, states)
	header := bytes.IndexByte(whole, '\n') + 1
	eachBit(whole, header, len(whole), func(i int, broken []byte) {
		got, err := Decode(bytes.NewReader(broken), laterThanAll, func(int, error) {})
		if err != nil {
			t.Fatalf("byte %d is %q: %v", i, broken[i], err)
		}
		intact := 0
		for _, s := range got {
			if inTheFuture(s, laterThanAll) {
				t.Errorf("byte %d is %q: known from the future: %+v", i, broken[i], s)
			}
		}
		for line := range bytes.Lines(encoded(t, got)[header:]) {
			if bytes.Contains(whole, line) {
				intact++
			}
		}
		least := len(states) - 1
		if whole[i] == '\n' && i < len(whole)-1 {
			least-- // two lines have become one
		}
		if intact < least {
			t.Errorf("byte %d is %q: %d of %d batches intact", i, broken[i], intact, len(states))
		}
		if len(got) < len(states) { // it was noticed, and only the line is lost
			return
		}
		var text bytes.Buffer
		if err := expose.WriteText(t.Context(), &text, known(got).Snapshot(), time.Hour); err != nil {
			t.Fatal(err)
		}
		checkOnce(t, text.Bytes())
	})
}

// eachBit flips each bit from one byte to another in turn.
func eachBit(whole []byte, from, to int, do func(i int, broken []byte)) {
	for i := from; i < to; i++ {
		for bit := range 8 {
			broken := bytes.Clone(whole)
			broken[i] ^= 1 << bit
			do(i, broken)
		}
	}
}

// checkOnce wants an exposition that shows each series once.
func checkOnce(t *testing.T, text []byte) {
	t.Helper()
	promtext.Read(t, bytes.NewReader(text))
	seen := make(map[string]bool)
	for line := range bytes.Lines(text) {
		series := string(line[:max(0, bytes.LastIndexByte(line, ' '))])
		if line[0] != '#' && seen[series] {
			t.Fatalf("twice: %s", series)
		}
		seen[series] = true
	}
}

// A line that is longer than any batch's is lost, and no other.
func TestStateFileWithAnEndlessLine(t *testing.T) {
	lines := bytes.SplitAfter(encoded(t, someStates()), []byte("\n"))
	hole := make([]byte, maxLine+1<<20) // as after a crash of some file systems
	file := bytes.Join([][]byte{lines[0], []byte("{}\n"), lines[1], hole, []byte("\n"), lines[2], hole}, nil)
	var told []int
	states, err := Decode(bytes.NewReader(file), laterThanAll, func(line int, err error) { told = append(told, line) })
	if diff := diffStates(someStates()[:2], states); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if want := []int{2, 4, 6}; !cmp.Equal(told, want) {
		t.Errorf("damaged lines %v, want %v", told, want)
	}
	if _, err := Decode(bytes.NewReader(hole), time.Time{}, nil); err == nil {
		t.Error("a hole is a state file")
	}
}
