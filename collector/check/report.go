package check

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

const (
	// maxListed is the maximum number of IDs that are listed for one cure.
	maxListed = 50
	// maxAnswer is the maximum length of the text of an answer, in bytes.
	maxAnswer = 4 << 10
)

// report writes the results of all calls, once they have ended.
func (c *liveCheck) report(w io.Writer, stopped bool) error {
	var results table
	results.row("ACCOUNT", "INSTANCE", "OPERATION", "IDS", "RESULT")
	failed := 0
	for _, a := range c.accounts {
		// The calls after those for configured IDs have their groups at the end.
		order := instances(a.Account)
		slices.SortStableFunc(a.groups, func(x, y *group) int {
			return cmp.Compare(slices.Index(order, x.instance), slices.Index(order, y.instance))
		})
		for _, g := range a.groups {
			failed += len(g.failures)
			results.row(g.account, aliyun.NameOf(g.instance), g.operation, printable.Text(g.describe()), printable.Text(g.result()))
		}
	}
	if err := results.write(w); err != nil {
		return err
	}
	for _, a := range c.accounts {
		c.writeFailures(w, a)
	}
	for _, a := range c.accounts {
		for _, g := range a.groups {
			c.writeEmpty(w, g)
		}
	}
	switch {
	case stopped:
		return errCheckStopped
	case failed > 0:
		return errCheckFailed
	}
	return nil
}

// describe returns the IDs of the group for the report: the only ID, or their number.
func (g *group) describe() string {
	switch len(g.ids) {
	case 0:
		return "none known"
	case 1:
		return g.subject(g.ids[0])
	}
	return counted(len(g.ids), g.noun)
}

// subject names one ID for the report.
func (g *group) subject(id string) string {
	if g.operation == aliyun.OpListOTAFirmware {
		return target.Product{Key: id}.String()
	}
	return g.noun + " " + id
}

// result returns the result of the group in a few words.
func (g *group) result() string {
	missing := len(g.ids) - g.good - len(g.failures)
	switch {
	case len(g.ids) == missing:
		return "not checked"
	case len(g.ids) == 1 && len(g.failures) == 1:
		return strings.TrimSpace(string(g.failures[0].Class) + " " + g.failures[0].Code)
	case len(g.ids) == 1 && len(g.empty) == 1:
		return "no packages"
	case len(g.ids) == 1:
		return "ok"
	}
	var parts []string
	for _, part := range []struct {
		n    int
		text string
	}{{g.good - len(g.empty), "ok"}, {len(g.empty), "without packages"}, {len(g.failures), "failed"}, {missing, "not checked"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	return strings.Join(parts, ", ")
}

// writeFailures writes each cure once, with its IDs.
func (c *liveCheck) writeFailures(w io.Writer, a *checkedAccount) {
	for _, p := range a.problems() {
		first := p.failures[0]
		g, subject, said := first.group, first.group.subject(first.id), "answer"
		if first.Error.HTTPStatus == 0 { // there was none
			said = "error"
		}
		if n := len(p.failures); n > 1 {
			subject, said = "these "+counted(n, g.noun), "first "+said
		}
		cure := cureOf(first, subject)
		fmt.Fprintf(w, "\naccount %q, %s: %s\n  The %s was: %s\n", a.Name, strings.Join(p.operations, ", "), printable.Text(cure),
			said, printable.Shorten(first.Error.Error(), maxAnswer))
		if !aliyun.AccountWide(first.Error) && first.Class != aliyun.ClassThrottled { // else the IDs are not the problem
			c.writeIDs(w, p.failures, strings.Contains(cure, subject))
		}
	}
	unchecked := 0
	for _, g := range a.groups {
		if g.givenUp {
			unchecked += len(g.ids) - g.good - len(g.failures)
		}
	}
	if unchecked > 0 {
		fmt.Fprintf(w, "  After these failures, %d more IDs were not checked: they would have failed the same way.\n", unchecked)
	}
}

// writeEmpty warns of products without packages.
func (c *liveCheck) writeEmpty(w io.Writer, g *group) {
	if len(g.empty) == 0 {
		return
	}
	slices.SortFunc(g.empty, func(a, b finding) int { return cmp.Compare(a.at, b.at) })
	subject := g.subject(g.empty[0].id) + " has"
	if len(g.empty) > 1 {
		subject = fmt.Sprintf("these %d products have", len(g.empty))
	}
	fmt.Fprintf(w, "\nwarning: account %q, %s: %s no packages in instance %s; compare the ProductKey and instances[].id with the console, unless no package has been uploaded yet.\n",
		g.account, g.operation, printable.Text(subject), aliyun.NameOf(g.instance))
	c.writeIDs(w, g.empty, true)
}

// writeIDs lists IDs with their lines in the file. It omits a single ID without a line if named
// is set, which means that the text above names it.
func (c *liveCheck) writeIDs(w io.Writer, of []finding, named bool) {
	for _, f := range of[:min(len(of), maxListed)] {
		subject := printable.Text(f.group.subject(f.id))
		switch line := c.lines[target.Entry{Account: f.group.account, Instance: f.group.instance, Operation: f.group.operation, ID: f.id}]; {
		case line > 0:
			fmt.Fprintf(w, "  line %d: %s\n", line, subject)
		case len(of) > 1 || !named:
			fmt.Fprintf(w, "  %s\n", subject)
		}
	}
	if more := len(of) - maxListed; more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}
