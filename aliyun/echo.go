package aliyun

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// Echo records whether the answers to an account repeat the id of the request. No page
// of the API promises that they do. Until an answer has repeated the right id, an answer
// with another id is accepted and noted. From then on it is an error, because its data
// belong to another batch, package or product.
//
// The clients of an account share an Echo. The zero value has seen no answer. It is
// safe for concurrent use.
type Echo struct {
	job, firmware, product echoed
}

// echoed is true once an answer has repeated the id of its request.
type echoed struct{ atomic.Bool }

// check compares the ids that an answer has in a field with the id of the request; an
// empty asked accepts any id. It ignores blanks around an id but not its case, and
// accepts an answer without ids.
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
		return fmt.Errorf("the answer is about %s %q, but %q was requested", field, *other, asked)
	}
	odd.add(field, "is not the requested one; the answer is accepted, because no answer has repeated the requested id so far")
	return nil
}
