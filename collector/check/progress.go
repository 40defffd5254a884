package check

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// progressEvery is the time between two updates of the line.
const progressEvery = 500 * time.Millisecond

// Progress is a line at the bottom of a terminal that is overwritten repeatedly. It is safe for
// concurrent use.
type Progress struct {
	Terminal io.Writer // if it is not a terminal, nothing is shown

	mu    sync.Mutex // guards all below, and writing
	width int        // of the current line, in characters
}

// Write writes whole lines, such as those of a log, above the progress line. The error is that
// of the underlying writer.
func (p *Progress) Write(lines []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.overwrite("")
	return p.Terminal.Write(lines)
}

// show shows the text that the function returns, with updates, until hide is called. hide
// clears the line.
func (p *Progress) show(text func() string) (hide func()) {
	if p == nil || !isTerminal(p.Terminal) {
		return func() {}
	}
	stopping, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(progressEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				line := text()
				p.mu.Lock()
				p.overwrite(line)
				p.mu.Unlock()
			case <-stopping:
				p.mu.Lock()
				p.overwrite("")
				p.mu.Unlock()
				return
			}
		}
	}()
	return func() {
		close(stopping)
		<-stopped
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// overwrite replaces the current line. It clears the line with spaces, which works on every
// terminal. p.mu must be held.
func (p *Progress) overwrite(text string) {
	if text == "" && p.width == 0 {
		return
	}
	width := utf8.RuneCountInString(text)
	fmt.Fprintf(p.Terminal, "\r%s%s\r%s", text, strings.Repeat(" ", max(0, p.width-width)), text)
	p.width = width
}

func progressText(done, total, failed int, left time.Duration) string {
	text := fmt.Sprintf("checked %d of %d", done, max(done, total))
	if failed > 0 {
		text += fmt.Sprintf(", %d failed", failed)
	}
	if left >= time.Second {
		text += fmt.Sprintf(", about %v left", round(left))
	}
	return text
}
