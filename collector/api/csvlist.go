package api

import (
	"encoding/csv"
	"io"
	"strings"
)

// csvList writes a table as in RFC 4180, one batch in each line below the names of the columns.
type csvList struct {
	out   io.Writer
	lines *csv.Writer
	cells []string // of the current line; reused
}

func newCSVList(w io.Writer) *csvList {
	lines := csv.NewWriter(w)
	lines.UseCRLF = true
	return &csvList{out: w, lines: lines, cells: make([]string, len(csvColumns))}
}

func (*csvList) contentType() string { return "text/csv; charset=utf-8; header=present" }

// begin also writes a byte order mark, because without one Excel takes UTF-8 for another
// encoding.
func (l *csvList) begin() error {
	if _, err := io.WriteString(l.out, "\ufeff"); err != nil {
		return err
	}
	for i, c := range csvColumns {
		l.cells[i] = c.name
	}
	return l.lines.Write(l.cells)
}

func (l *csvList) add(j job) error {
	for i, c := range csvColumns {
		l.cells[i] = c.value(&j)
	}
	return l.lines.Write(l.cells)
}

func (l *csvList) end() error {
	l.lines.Flush()
	return l.lines.Error()
}

// guarded keeps a spreadsheet from taking a text for a formula: such a text gets an apostrophe
// in front, which spreadsheets do not show. A reader that is no spreadsheet can remove it.
func guarded(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}
