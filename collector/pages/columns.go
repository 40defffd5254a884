package pages

import (
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// pageColumn is one column of the page and the key that sorts by it.
type pageColumn struct {
	Key, Title string
	sortKey    func(*pageRow) sortKey
}

// pageColumns are in the order of the cells in page.html.
var pageColumns = []pageColumn{
	{"batch", "Batch", func(r *pageRow) sortKey {
		return sortKey{absent: r.Job.Name == nil, first: aliyun.Text(r.Job.Name), second: r.JobID}
	}},
	{"account", "Account", func(r *pageRow) sortKey {
		return sortKey{first: r.Account, second: r.Instance.ID}
	}},
	{"status", "Status", func(r *pageRow) sortKey {
		return sortKey{number: float64(urgency(r)), first: r.Status}
	}},
	{"progress", "Progress", func(r *pageRow) sortKey {
		share, ok := r.finished()
		return sortKey{absent: !ok, number: share}
	}},
	{"age", "Age of data", func(r *pageRow) sortKey {
		at := r.TrueAt()
		return sortKey{absent: at.IsZero(), number: r.now.Sub(at).Seconds()}
	}},
	{"deadline", "Deadline", func(r *pageRow) sortKey {
		return sortKey{absent: r.deadline.IsZero(), at: r.deadline}
	}},
	{"next", "Next poll", func(r *pageRow) sortKey {
		return sortKey{number: float64(-boolOrder(r.next.UnderWay)), at: r.next.At}
	}},
	{"error", "Last error", func(r *pageRow) sortKey {
		if r.Err == nil {
			return sortKey{absent: true}
		}
		return sortKey{first: string(r.Err.Class), second: r.Err.Code, at: r.ErrAt}
	}},
}

// byUrgency sorts running batches first, those with the earliest deadline before the others,
// and ended batches last.
func byUrgency(r *pageRow) sortKey {
	return sortKey{number: float64(2*urgency(r) + boolOrder(r.deadline.IsZero())), at: r.deadline}
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
