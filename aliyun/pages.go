package aliyun

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// checkTotal checks the Total of a list. Without it, the client could not know whether
// the list is complete. The documented limits are far below MaxInt32.
func checkTotal(total *float64) error {
	switch {
	case total == nil:
		return missing("Total")
	case *total < 0 || *total > math.MaxInt32 || *total != math.Trunc(*total):
		return fmt.Errorf("the answer has %v as Total, which is not a count", *total)
	}
	return nil
}

// overfull is the error for a page with more entries than were requested.
type overfull struct{ came, asked int }

func (e *overfull) Error() string {
	number := strconv.Itoa(e.came)
	if e.came >= mostEntries { // no more are read
		number = "more than " + strconv.Itoa(mostEntries-1)
	}
	return fmt.Sprintf("a page of the list has %s entries, but %d were requested", number, e.asked)
}

// checkSize returns an error if a page has more entries than were requested.
func checkSize[T any](entries []T, asked int) error {
	if len(entries) > asked {
		return &overfull{len(entries), asked}
	}
	return nil
}

// checkPage checks a page of a list whose entries have an id. It removes entries without
// one.
func checkPage[T any](total *float64, entries *[]T, page, size int, name string, id func(*T) *string, odd *notes) error {
	if err := cmp.Or(checkTotal(total), checkSize(*entries, size)); err != nil {
		return err
	}
	sent := len(*entries)
	*entries = slices.DeleteFunc(*entries, func(e T) bool { return strings.TrimSpace(deref(id(&e))) == "" })
	switch {
	case len(*entries) == sent && sent == 0 && page == 1 && *total > 0:
		return fmt.Errorf("the answer has %.0f as Total, but no entries", *total)
	case len(*entries) == 0 && sent > 0:
		return fmt.Errorf("the answer has %d entries, but none with a %s", sent, name)
	case len(*entries) < sent:
		odd.add(name, "is missing in an entry of the list, which is left out")
	}
	return nil
}

// maxStates limits the different values of TaskStatus on one page. It is more than twice
// the documented number.
const maxStates = 16

// checkStates checks the values of TaskStatus on a page. They become label values, so
// their number is limited.
func checkStates(tasks []Task) error {
	distinct := make(map[string]bool)
	for i := range tasks {
		correct(&tasks[i].TaskStatus)
		if tasks[i].TaskStatus == nil {
			return missing("TaskStatus in one of its entries")
		}
		distinct[*tasks[i].TaskStatus] = true
	}
	if len(distinct) > maxStates {
		return fmt.Errorf("the answer has %d different values of TaskStatus", len(distinct))
	}
	return nil
}
