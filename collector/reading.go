package collector

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// maxRestarts is how often a list that changes while it is read is begun anew.
// After that, what the pages held is taken: the next read shows the rest.
const maxRestarts = 3

// reading is a list that is being read page by page. Entries move from page to
// page when others are added or deleted meanwhile, so one could be missed; then
// it is read again from the first page. The zero value begins.
type reading struct {
	started  time.Time
	page     int // to read next, less one
	total    int
	seen     map[string]bool // in this pass
	all      map[string]bool // in every pass: nothing that was seen is lost again
	changed  bool            // in this pass
	restarts int
}

// take adds a page. more says that another page is to be read; complete, when
// none is, that the last pass saw the list as it was at one moment.
func take[T any](r *reading, page aliyun.List[T], perPage int, id func(T) *string) (more, complete bool) {
	if r.all == nil {
		r.all = make(map[string]bool)
	}
	if r.page == 0 {
		r.seen, r.total, r.changed = make(map[string]bool), page.Total, false
	}
	for _, e := range page.Entries {
		if key := id(e); key != nil {
			r.seen[*key], r.all[*key] = true, true
		}
	}
	r.page++
	r.changed = r.changed || page.Total != r.total
	last := r.restarts == maxRestarts // this pass goes to the end, come what may
	if (!r.changed || last) && len(page.Entries) > 0 && r.page*perPage < page.Total {
		return true, false
	}
	complete = !r.changed && len(r.seen) >= r.total
	if !complete && !last {
		r.restarts++
		r.page = 0
		return true, false
	}
	return false, complete
}
