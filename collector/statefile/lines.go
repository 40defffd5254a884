package statefile

import (
	"bufio"
	"errors"
	"io"
)

// maxLine is the maximum length of a line of the state file in bytes. An answer of the API has
// at most 1 MiB, and JSON needs up to six bytes for one.
const maxLine = 8 << 20

var errLongLine = errors.New("the line is too long")

// lineReader reads lines and skips those that are too long.
type lineReader struct {
	r    *bufio.Reader
	line []byte // reused
}

// next returns the next line, which is valid until the next call. The error is errLongLine,
// io.EOF after the last line, or that of the reader.
func (l *lineReader) next() ([]byte, error) {
	l.line = l.line[:0]
	for long := false; ; {
		part, err := l.r.ReadSlice('\n')
		if long = long || len(l.line)+len(part) > maxLine; !long {
			l.line = append(l.line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (long || len(l.line) > 0):
			err = nil // the last line, possibly truncated
		}
		if long && err == nil {
			err = errLongLine
		}
		return l.line, err
	}
}
