package schedule

import (
	"fmt"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// maxRestarts is how often a list that changes while it is read is begun anew.
// After that, what the pages held is taken: the next read shows the rest.
const maxRestarts = 3

// Reading is a list that is being read page by page. Entries move from page to
// page when others are added or deleted meanwhile, so one could be missed; then
// it is read again from the first page. The zero value begins.
type Reading struct {
	Started  time.Time
	Page     int             // to read next, less one
	total    int             // when this pass began
	Seen     map[string]bool // in this pass
	All      map[string]bool // in every pass: nothing that was seen is lost again
	changed  bool            // in this pass
	restarts int
	// products are the ProductKeys of packages, by FirmwareId.
	Products map[string]string
	// over says why some of what the pages held was not taken up; nil: all was.
	Over error
}

// Take adds a page of a list that may have most entries. more says that another
// page is to be read; complete, when none is, that the last pass saw the list as it
// was at one moment. The error says why the list cannot be read to an end.
//
// Every list ends: a pass goes no further than its first page promised, and at most
// to most entries, there are maxRestarts more passes, and pages that bring nothing
// new end a pass.
func Take[T any](r *Reading, page aliyun.List[T], perPage, most int, id func(T) *string) (more, complete bool, err error) {
	if r.All == nil {
		r.All = make(map[string]bool)
	}
	if r.Page == 0 {
		r.Seen, r.total, r.changed = make(map[string]bool), page.Total, false
	}
	known := len(r.Seen)
	for _, e := range page.Entries {
		if key := id(e); key != nil {
			r.Seen[*key] = true
			if len(r.All) < most {
				r.All[*key] = true
			}
		}
	}
	r.Page++
	r.changed = r.changed || page.Total != r.total
	last := r.restarts == maxRestarts // this pass goes to the end, come what may
	unread := min(page.Total, r.total) - r.Page*perPage
	idle := len(r.Seen) == known // the page brought nothing
	switch {
	case unread > 0 && r.Page*perPage >= most:
		return false, false, fmt.Errorf("the list has %d entries by its Total; only the first %d are read", page.Total, most)
	case unread > 0 && !idle && (last || !r.changed):
		return true, false, nil
	case !r.changed && len(r.Seen) >= r.total:
		return false, true, nil
	case !last:
		r.restarts++
		r.Page = 0
		return true, false, nil
	}
	missing := r.total - len(r.Seen)
	switch {
	case unread > 0 && len(page.Entries) > 0:
		err = fmt.Errorf("page %d repeats entries of the pages before it, although the list has %d entries by its Total", r.Page, page.Total)
	case unread > 0 && missing > perPage:
		err = fmt.Errorf("page %d is empty, although the list has %d entries by its Total, and %d have come", r.Page, page.Total, len(r.Seen))
	case r.Page > 1 && page.Total-r.total >= (r.Page-1)*perPage:
		err = fmt.Errorf("the list grows faster than it can be read: from %d entries by its Total to %d while %d pages were read", r.total, page.Total, r.Page)
	}
	return false, false, err
}
