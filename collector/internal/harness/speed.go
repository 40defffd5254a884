package harness

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Speed makes the speed tests measure thoroughly.
var Speed = flag.Bool("speed", false, "measure thoroughly, and print the tables of deploy/docs/performance.md; with -update, write them into it")

// Measured is a table of deploy/docs/performance.md whose cells are measured.
type Measured struct {
	Part    string   // its name in the document
	Columns []string // the first one is over the names of the rows
	rows    [][]string
}

// Add appends a row.
func (m *Measured) Add(name string, cells ...string) {
	m.rows = append(m.rows, append([]string{name}, cells...))
}

func (m *Measured) String() string {
	var b strings.Builder
	for _, row := range slices.Concat([][]string{m.Columns, slices.Repeat([]string{"---"}, len(m.Columns))}, m.rows) {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return b.String()
}

// Times formats a value as a multiple of a floor.
func Times(value, floor float64) string { return fmt.Sprintf("%.3g ×", value/floor) }

// Percent formats a share from 0 to 1 in percent.
func Percent(share float64) string { return fmt.Sprintf("%.3g%%", 100*share) }

// HoldTables compares the shape of the tables with those in deploy/docs/performance.md. With -speed and
// -update it writes them there.
func HoldTables(t *testing.T, tables []*Measured) {
	t.Helper()
	file := repository.Path(t, "deploy/docs/performance.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		part := "generated: " + table.Part + " -->\n"
		marks := regexp.MustCompile("(?s)(<!-- begin " + part + ")(.*?)(<!-- end " + part + ")")
		found := marks.FindSubmatch(text)
		if found == nil {
			t.Fatalf("%s has no generated table %q", file, table.Part)
		}
		if *Speed && *update {
			text = marks.ReplaceAll(text, []byte("${1}"+table.String()+"${3}"))
			continue
		}
		if diff := cmp.Diff(shape(string(found[2])), shape(table.String())); diff != "" {
			t.Errorf("%s: the table %q differs from what this test makes (-document +test)\n%s\nrewrite it by: make bench UPDATE=-update", file, table.Part, diff)
		}
	}
	if *Speed && *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var aNumber = regexp.MustCompile(`^-?[\d.]+(e[+-]\d+)?`)

// shape returns a table without its numbers. Names and units stay.
func shape(table string) []string {
	lines := strings.Split(table, "\n")
	for i, line := range lines {
		if i < 2 { // the columns
			continue
		}
		cells := strings.Split(line, " | ")
		for j := range cells[1:] {
			cells[j+1] = aNumber.ReplaceAllString(cells[j+1], "#")
		}
		lines[i] = strings.Join(cells, " | ")
	}
	return lines
}
