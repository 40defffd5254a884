package fleet

import (
	"slices"
	"time"
)

// Record is a JSON object, or the children of an XML element, in order. A value is a
// string, bool, int, Record, []any or a value of Batch.Override. In XML, a []any repeats
// its element.
type Record []Field

// Field is one member of a Record.
type Field struct {
	Name  string
	Value any
}

// add appends a field unless its value is "" or 0: the API leaves out fields that are not
// set.
func (r *Record) add(name string, value any) {
	if value != "" && value != 0 {
		*r = append(*r, Field{name, value})
	}
}

// override replaces a field, adds it or, with Absent, removes it.
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

// utc formats a time as the API does, in milliseconds; "" is the zero time.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
