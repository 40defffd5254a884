package fleet

import (
	"slices"
	"time"
)

// Record is a JSON object, or the children of an XML element, in order. A value is
// a string, bool, int, Record, []any or what Batch.Override holds. In XML a []any
// is its element repeated.
type Record []Field

// Field is one member of a Record.
type Field struct {
	Name  string
	Value any
}

// add appends a member unless its value is "" or 0: the API leaves out what is not
// set.
func (r *Record) add(name string, value any) {
	if value != "" && value != 0 {
		*r = append(*r, Field{name, value})
	}
}

// override replaces a member, adds it or, with Absent, removes it.
func (r *Record) override(name string, value any) {
	named := func(m Field) bool { return m.Name == name }
	if value == Absent {
		*r = slices.DeleteFunc(*r, named)
	} else if i := slices.IndexFunc(*r, named); i >= 0 {
		(*r)[i].Value = value
	} else {
		*r = append(*r, Field{name, value})
	}
}

// utc is a time as the API prints it, to the millisecond; "" for zero.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
