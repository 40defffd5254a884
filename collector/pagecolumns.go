package collector

import (
	"cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// pageColumn is one column of the page, by which it can be sorted.
type pageColumn struct {
	Key, Title string
	compare    func(a, b *pageRow) int
	absent     func(*pageRow) bool // nil: always there
}

// pageColumns stand in the order of the cells in page.html.
var pageColumns = []pageColumn{
	{"batch", "Batch", func(a, b *pageRow) int {
		return cmp.Or(cmp.Compare(str(a.Job.Name), str(b.Job.Name)), cmp.Compare(a.JobID, b.JobID))
	}, func(r *pageRow) bool { return r.Job.Name == nil }},
	{"account", "Account", func(a, b *pageRow) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Instance.ID, b.Instance.ID))
	}, nil},
	{"status", "Status", func(a, b *pageRow) int {
		return cmp.Or(cmp.Compare(urgency(a), urgency(b)), cmp.Compare(a.Status, b.Status))
	}, nil},
	{"progress", "Progress", func(a, b *pageRow) int {
		return cmp.Compare(a.Progress().finished, b.Progress().finished)
	}, func(r *pageRow) bool { return r.Progress() == nil }},
	{"age", "Age of data", func(a, b *pageRow) int {
		return b.TrueAt().Compare(a.TrueAt())
	}, func(r *pageRow) bool { return r.TrueAt().IsZero() }},
	{"deadline", "Deadline", func(a, b *pageRow) int {
		return a.deadline.Compare(b.deadline)
	}, func(r *pageRow) bool { return r.deadline.IsZero() }},
	{"next", "Next poll", func(a, b *pageRow) int {
		return cmp.Or(boolOrder(b.next.underWay)-boolOrder(a.next.underWay), a.next.at.Compare(b.next.at))
	}, nil},
	{"error", "Last error", func(a, b *pageRow) int {
		return cmp.Or(cmp.Compare(a.Err.Class, b.Err.Class), cmp.Compare(a.Err.Code, b.Err.Code), a.ErrAt.Compare(b.ErrAt))
	}, func(r *pageRow) bool { return r.Err == nil }},
}

// byUrgency puts first what runs, and of that what should have ended longest
// ago; last what has ended.
func byUrgency(a, b *pageRow) int {
	never := func(r *pageRow) int { return boolOrder(r.deadline.IsZero()) }
	return cmp.Or(cmp.Compare(urgency(a), urgency(b)), never(a)-never(b), a.deadline.Compare(b.deadline))
}

// urgency ranks the statuses: one that nobody knows may need someone at once.
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
