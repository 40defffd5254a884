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

// progressEvery is how often the line is written anew.
const progressEvery = 500 * time.Millisecond

// Progress is a line at the bottom of a terminal that is written over again and again.
// Where there is no terminal it shows nothing. Safe for concurrent use.
type Progress struct {
	mu    sync.Mutex // guards all below
	w     io.Writer
	shows bool // w is a terminal
	width int  // of the line that stands there now
}

// NewProgress gives a progress on w, if that is a terminal.
func NewProgress(w io.Writer) *Progress {
	p := &Progress{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.shows = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// Write writes whole lines above the progress: a log goes to the same terminal.
func (p *Progress) Write(lines []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show("")
	return p.w.Write(lines)
}

// keep shows a text until the returned function is called, which clears the line.
func (p *Progress) keep(text func() string) (stop func()) {
	if p == nil || !p.shows {
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
				p.show(line)
				p.mu.Unlock()
			case <-stopping:
				p.mu.Lock()
				p.show("")
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

// show writes over the line that stands there. Spaces clear it, which every terminal
// knows. p.mu is held.
func (p *Progress) show(text string) {
	if text == "" && p.width == 0 {
		return
	}
	width := utf8.RuneCountInString(text)
	fmt.Fprintf(p.w, "\r%s%s\r%s", text, strings.Repeat(" ", max(0, p.width-width)), text)
	p.width = width
}

func progressText(done, total, failed int, left time.Duration) string {
	text := fmt.Sprintf("asked for %d of %d", done, max(done, total))
	if failed > 0 {
		text += fmt.Sprintf(", %d failed", failed)
	}
	if left >= time.Second {
		text += fmt.Sprintf(", about %v left", round(left))
	}
	return text
}
