package schedule

import (
	"fmt"
	"maps"
)

// maxRestarts is how often a list that changes while it is read is begun anew. After
// that, what the pages held is taken: the next read shows the rest.
const maxRestarts = 3

// Reading is a list that is being read page by page. When entries are added or deleted
// meanwhile, others move from page to page and one could be missed; then the list is
// read again from the first page.
//
// Every reading ends: a pass goes no further than the Total of its first page and at most to
// Most entries, there are at most maxRestarts more passes, and a page that brings
// nothing new ends a pass.
type Reading struct {
	PerPage int // entries of a full page
	Most    int // entries of the list that are read

	read     int             // pages of this pass
	total    int             // entries of the list when this pass began
	pass     map[string]bool // ids of this pass
	all      map[string]bool // ids of every pass
	changed  bool            // the list changed in this pass
	restarts int
}

// NextPage is the number of the page to read next, from 1.
func (r *Reading) NextPage() int { return r.read + 1 }

// Pages is how many pages a list of so many entries has, as far as it is read.
func (r *Reading) Pages(total int) int { return (min(total, r.Most) + r.PerPage - 1) / r.PerPage }

// IDs returns the ids to take up at the end: those of the last pass if the list was
// complete, else those of every pass. The map is the reading's.
func (r *Reading) IDs(complete bool) map[string]bool {
	if !complete {
		return r.all
	}
	ids := maps.Clone(r.pass)
	maps.DeleteFunc(ids, func(id string, _ bool) bool { return !r.all[id] })
	return ids
}

// Add takes the ids of a page, and how many entries the page says the list has. more
// means that another page is to be read. If there is none, complete means that the last
// pass saw the list as it was at one moment, and the error says why the list cannot be
// read to its end.
func (r *Reading) Add(ids []string, total int) (more, complete bool, err error) {
	if r.all == nil {
		r.all = make(map[string]bool)
	}
	if r.read == 0 {
		r.pass, r.total, r.changed = make(map[string]bool), total, false
	}
	known := len(r.pass)
	for _, id := range ids {
		r.pass[id] = true
		if len(r.all) < r.Most {
			r.all[id] = true
		}
	}
	r.read++
	r.changed = r.changed || total != r.total
	last := r.restarts == maxRestarts // this pass goes to the end in any case
	unread := min(total, r.total) - r.read*r.PerPage
	idle := len(r.pass) == known // the page brought nothing new
	switch {
	case unread > 0 && r.read*r.PerPage >= r.Most:
		return false, false, fmt.Errorf("the list has %d entries by its Total; only the first %d are read", total, r.Most)
	case unread > 0 && !idle && (last || !r.changed):
		return true, false, nil
	case !r.changed && len(r.pass) >= r.total:
		return false, true, nil
	case !last:
		r.restarts++
		r.read = 0
		return true, false, nil
	}
	return false, false, r.fault(len(ids), total, unread)
}

// fault says what is wrong with a list whose last pass ended before all entries came;
// nil if nothing worse happened than that it changed.
func (r *Reading) fault(onPage, total, unread int) error {
	missing := r.total - len(r.pass)
	switch {
	case unread > 0 && onPage > 0:
		return fmt.Errorf("page %d repeats entries of the pages before it, although the list has %d entries by its Total", r.read, total)
	case unread > 0 && missing > r.PerPage:
		return fmt.Errorf("page %d is empty, although the list has %d entries by its Total, and %d have come", r.read, total, len(r.pass))
	case r.read > 1 && total-r.total >= (r.read-1)*r.PerPage:
		return fmt.Errorf("the list grows faster than it can be read: from %d entries by its Total to %d while %d pages were read", r.total, total, r.read)
	}
	return nil
}
