package exportertest

import (
	"regexp"
	"strings"
	"sync"
)

// Log is what an exporter writes to stderr. Any goroutine may use it.
type Log struct {
	listening chan string // the addresses on which it listens; must have room for all of them

	mu   sync.Mutex // guards text
	text strings.Builder
}

// addressInLine matches in both formats of the log.
var addressInLine = regexp.MustCompile(`Listening on.*address=(\S+)|"address":"([^"]+)".*Listening on`)

// Write implements [io.Writer]. It gets whole lines, because the logger writes each line at once.
func (l *Log) Write(lines []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, found := range addressInLine.FindAllSubmatch(lines, -1) {
		l.listening <- string(found[1]) + string(found[2])
	}
	return l.text.Write(lines)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Forget drops what was logged so far.
func (l *Log) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}
