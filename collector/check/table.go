package check

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table collects rows and writes them in columns. text/tabwriter takes all characters for equally
// wide, but on a terminal a Chinese character is as wide as two Latin ones. The zero value is empty.
type table struct{ rows [][]string }

// row adds a row. All rows of a table have the same number of cells.
func (t *table) row(cells ...any) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = fmt.Sprint(cell)
	}
	t.rows = append(t.rows, row)
}

// write writes the rows, of which there must be one. The error is that of w.
func (t *table) write(w io.Writer) error {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], places(cell))
		}
	}
	var text strings.Builder
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = cell + strings.Repeat(" ", widths[i]-places(cell))
		}
		text.WriteString(strings.TrimRight(strings.Join(cells, "  "), " ") + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// places returns how many columns of a terminal a text takes.
func places(text string) int {
	n := 0
	for _, c := range text {
		switch kind := width.LookupRune(c).Kind(); {
		case unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// counted returns a number with its noun, which is given in the singular.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
