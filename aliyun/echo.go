package aliyun

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// Echo remembers whether the answers to an account name what was asked for. No
// page of the API promises that they do. So an answer that names something else
// is taken, with a note, until one has named the right thing; from then on it is
// an error, because what it says belongs to something else.
//
// Clients of one account share an Echo. The zero value has seen no answer. It is
// safe for concurrent use.
type Echo struct {
	job, firmware, product echoed
}

// echoed is true once an answer has named what was asked for.
type echoed struct{ atomic.Bool }

// check compares what an answer names, under a field, with what was asked for;
// "" is anything. Blanks around an id do not count, its case does. What names
// nothing is no contradiction.
func (e *echoed) check(field, asked string, odd *notes, named ...*string) error {
	if asked == "" {
		return nil
	}
	var other *string
	for _, name := range named {
		switch id := strings.TrimSpace(deref(name)); id {
		case "":
		case strings.TrimSpace(asked):
			e.Store(true)
		default:
			other = &id
		}
	}
	switch {
	case other == nil:
		return nil
	case e.Load():
		return fmt.Errorf("the answer is about %s %q, but %q was asked for", field, *other, asked)
	}
	odd.add(field, "is not what was asked for; the answer is taken, because no answer has named what was asked for so far")
	return nil
}
