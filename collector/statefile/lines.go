package statefile

import (
	"bufio"
	"errors"
	"io"
)

// maxLine bounds a line of the state file, in bytes. An answer of the API is
// at most 1 MiB, and JSON may write a byte as six.
const maxLine = 8 << 20

var errLongLine = errors.New("longer than any line can be")

// lineReader gives lines one by one, and goes on behind one that is too long.
type lineReader struct {
	r    *bufio.Reader
	line []byte // used again
}

// next is good until it is called again. Its error is errLongLine, io.EOF behind
// the last line, or that of reading.
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
			err = nil // the last line, cut off or not
		}
		if long && err == nil {
			err = errLongLine
		}
		return l.line, err
	}
}
