package collector_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

var speed = flag.Bool("speed", false, "measure thoroughly, and print the tables of the README; with -update, write them into it")

// measured is one table of the README: what its rows and columns are is said
// here, what stands in the cells is measured.
type measured struct {
	part    string   // of the README
	columns []string // the first one is over the names of the rows
	rows    [][]string
}

func (m *measured) add(name string, cells ...string) {
	m.rows = append(m.rows, append([]string{name}, cells...))
}

func (m *measured) String() string {
	var b strings.Builder
	for _, row := range slices.Concat([][]string{m.columns, slices.Repeat([]string{"---"}, len(m.columns))}, m.rows) {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return b.String()
}

// times is how often a floor fits into a value.
func times(value, floor float64) string { return fmt.Sprintf("%.3g ×", value/floor) }

func percent(share float64) string { return fmt.Sprintf("%.3g %%", 100*share) }

// TestSpeed measures the exporter beside naive designs and floors, all in one
// run. Without -speed it is quick: its numbers mean nothing then, but the table
// in the README must have the same rows, columns and units.
func TestSpeed(t *testing.T) {
	collector.SkipUnderRace(t, "it is about time")
	var tables []*measured
	for _, measure := range []func(*testing.T) *measured{scrapeSpeed, pollingSpeed, detectionSpeed, programSpeed} {
		table := measure(t)
		if *speed {
			fmt.Println(table)
		}
		tables = append(tables, table)
	}
	holdREADME(t, "../README.md", tables)
}

// holdREADME compares the tables' shape, or writes them where they were asked for.
func holdREADME(t *testing.T, file string, tables []*measured) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		part := "generated: " + table.part + " -->\n"
		marks := regexp.MustCompile("(?s)(<!-- begin " + part + ")(.*?)(<!-- end " + part + ")")
		found := marks.FindSubmatch(text)
		if found == nil {
			t.Fatalf("%s has no part %q", file, table.part)
		}
		if *speed && *update {
			text = marks.ReplaceAll(text, []byte("${1}"+table.String()+"${3}"))
			continue
		}
		if diff := cmp.Diff(shape(string(found[2])), shape(table.String())); diff != "" {
			t.Errorf("%s: %s is not a table that this test makes (-README +test)\n%s\nmeasure it by: make bench UPDATE=-update", file, table.part, diff)
		}
	}
	if *speed && *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var aNumber = regexp.MustCompile(`^-?[\d.]+(e[+-]\d+)?`)

// shape is a table without its numbers: names and units stay.
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
