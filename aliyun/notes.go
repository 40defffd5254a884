package aliyun

// Note reports a field of an accepted answer that was ignored, shortened or unexpected.
type Note struct {
	Field string // such as Data.Tags[].Key
	Text  string // what is wrong with it, and the consequence
}

const unreadable = "cannot be read; it is left out"

// notes collects at most one note for each field, because a list can have a million
// entries that cannot be read. The zero value is empty.
type notes struct {
	all   []Note
	known map[string]bool // fields that have a note
}

func (n *notes) add(field, text string) {
	if n.known[field] {
		return
	}
	if n.known == nil {
		n.known = make(map[string]bool)
	}
	n.known[field] = true
	n.all = append(n.all, Note{field, text})
}
