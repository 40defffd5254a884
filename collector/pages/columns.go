package pages

import (
	"cmp"
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// pageColumn is one column of the page and the key that sorts by it.
type pageColumn struct {
	Key     string
	Title   phrase.Text
	sortKey func(*pageRow) sortKey
	empty   func(*pageRow) bool // its cell in a row; nil: it never is
}

// pageColumns are in the order of the cells in jobs.html.
var pageColumns = []pageColumn{
	{"batch", phrase.Of("Batch"), func(r *pageRow) sortKey {
		return sortKey{absent: r.Job.Name == nil, first: aliyun.Text(r.Job.Name), second: r.JobID}
	}, nil},
	{"status", phrase.Of("Status"), func(r *pageRow) sortKey {
		return sortKey{number: float64(urgency(r)), first: r.Status}
	}, nil},
	{"progress", phrase.Of("Progress"), func(r *pageRow) sortKey {
		share, ok := r.succeeded()
		return sortKey{absent: !ok, number: share}
	}, func(r *pageRow) bool { return r.Progress() == nil }},
	{"deadline", phrase.Of("Deadline"), func(r *pageRow) sortKey {
		return sortKey{absent: r.due().IsZero(), at: r.due()}
	}, func(r *pageRow) bool { return r.due().IsZero() && !r.AwaitsCount() }},
	{"error", phrase.Of("Last error"), func(r *pageRow) sortKey {
		e := cmp.Or(r.Err, r.DevicesErr)
		if e == nil {
			return sortKey{absent: true}
		}
		return sortKey{first: string(e.Class), second: e.Code, at: r.ErrAt}
	}, func(r *pageRow) bool { return r.Failure() == nil && r.CountFailure() == nil }},
	{"age", phrase.Of("Age of data"), func(r *pageRow) sortKey {
		at := r.TrueAt()
		return sortKey{absent: at.IsZero(), number: r.now.Sub(at).Seconds()}
	}, nil},
	{"next", phrase.Of("Next poll"), func(r *pageRow) sortKey {
		return sortKey{number: float64(-boolOrder(r.next.UnderWay)), at: r.next.At}
	}, nil},
	{"account", phrase.Of("Account"), func(r *pageRow) sortKey {
		return sortKey{first: r.Account, second: r.Instance.ID}
	}, nil},
}

// showsColumn reports whether a column has something to show for some of the rows.
func showsColumn(c pageColumn, rows []*pageRow) bool {
	return c.empty == nil || slices.ContainsFunc(rows, func(r *pageRow) bool { return !c.empty(r) })
}

// byUrgency sorts what needs someone first: failing batches, overdue ones, then live ones by
// their deadline. Ended batches are last.
func byUrgency(r *pageRow) sortKey {
	need := 2
	switch {
	case r.Failing():
		need = 0
	case r.Overdue():
		need = 1
	}
	return sortKey{number: float64(10*need + 2*urgency(r) + boolOrder(r.due().IsZero())), at: r.due()}
}

// urgency ranks the statuses. An undocumented status ranks high, because it may need attention.
func urgency(r *pageRow) int {
	switch r.Status {
	case aliyun.StatusInProgress:
		return 0
	case aliyun.StatusPlanned:
		return 2
	case noData:
		return 3
	case aliyun.StatusCompleted, aliyun.StatusCanceled:
		return 4
	}
	return 1
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}
