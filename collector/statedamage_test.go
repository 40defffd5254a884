//go:build unix

package collector

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Whichever bit of the first line is wrong, the program starts, or says that
// the file is a newer one's; either way no byte of the file is lost.
func TestStateFileWithAnyBitOfItsHeaderWrong(t *testing.T) {
	whole := encoded(t, someStates())
	path := filepath.Join(t.TempDir(), "state")
	eachBit(whole, 0, bytes.IndexByte(whole, '\n')+1, func(i int, broken []byte) {
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := open(t, path, NewStore())
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

// Whichever bit of the rest is wrong, the batches of the other lines are whole,
// nothing is known from the future, and /metrics is an exposition that shows no
// batch twice.
func TestStateFileWithAnyBitOfABatchWrong(t *testing.T) {
	SkipUnderRace(t, "one goroutine, long")
	states := someStates()
	whole := encoded(t, states)
	header := bytes.IndexByte(whole, '\n') + 1
	eachBit(whole, header, len(whole), func(i int, broken []byte) {
		got, err := decodeStates(bytes.NewReader(broken), laterThanAll, func(int, error) {})
		if err != nil {
			t.Fatalf("byte %d is %q: %v", i, broken[i], err)
		}
		intact := 0
		for _, s := range got {
			if s.AsOf.After(laterThanAll) || s.Asked.After(laterThanAll) || s.Listed.After(laterThanAll) || s.ErrAt.After(laterThanAll) {
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
		if err := WriteText(&text, known(got).Snapshot(), time.Hour); err != nil {
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

// checkOnce wants an exposition in which each series stands once.
func checkOnce(t *testing.T, text []byte) {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := parser.TextToMetricFamilies(bytes.NewReader(text)); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	seen := make(map[string]bool)
	for line := range bytes.Lines(text) {
		series := string(line[:max(0, bytes.LastIndexByte(line, ' '))])
		if line[0] != '#' && seen[series] {
			t.Fatalf("twice: %s", series)
		}
		seen[series] = true
	}
}
