package collector

import (
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

const (
	// rowsPerPage keeps a fleet of any size readable, and its page cheap.
	rowsPerPage = 100
	// refreshSeconds is how often a page that refreshes itself does.
	refreshSeconds = 15
)

// pageView is what the template shows.
type pageView struct {
	Query    pageQuery
	Rows     []*pageRow // of this page
	From, To int        // which of Found they are, from 1
	Found    int        // that the query asks for
	Total    int        // that are watched

	Lists     []pageList    // that cannot be read
	MoreLists int           // that cannot be read either
	Products  *pageProducts // nil: none is discovered

	Summary            []pageLink // how many of all are in which state
	Headers            []pageHeader
	Previous, Next     string // addresses; "" where there is no such page
	Accounts, Statuses []string
	Filters            []pageFilter
	RefreshSeconds     int
	Now                string // RFC 3339, UTC
}

// pageLink leads to some of the batches.
type pageLink struct {
	Kind    string // a status, or the name of a filter
	Text    string
	Count   int
	Address string
	Current bool
}

// pageHeader leads to the page sorted by a column.
type pageHeader struct {
	pageColumn
	Address string
	Order   string // ascending, descending or none, as in aria-sort
}

// view is the page that is asked for of these rows. One beyond the last is the
// last: batches go while people turn pages.
func (q pageQuery) view(rows []*pageRow, now time.Time) *pageView {
	found := q.of(rows)
	q.page = max(0, min(q.page, (len(found)-1)/rowsPerPage))
	from := q.page * rowsPerPage
	to := min(from+rowsPerPage, len(found))
	v := &pageView{
		Query: q, Rows: found[from:to], From: from + 1, To: to, Found: len(found), Total: len(rows),
		Filters: pageFilters, RefreshSeconds: refreshSeconds, Now: now.UTC().Format(time.RFC3339),
	}
	turned := func(by int) string { q := q; q.page += by; return q.Address() }
	if from > 0 {
		v.Previous = turned(-1)
	}
	if to < len(found) {
		v.Next = turned(1)
	}
	v.summarize(rows)
	for _, c := range pageColumns {
		h := pageHeader{pageColumn: c, Order: "none"}
		sorted := q
		sorted.page, sorted.sort, sorted.descending = 0, c.Key, false
		if q.sort == c.Key {
			sorted.descending = !q.descending
			if h.Order = "ascending"; q.descending {
				h.Order = "descending"
			}
		}
		h.Address = sorted.Address()
		v.Headers = append(v.Headers, h)
	}
	return v
}

// summarize counts all the batches, and lists what they can be filtered by.
func (v *pageView) summarize(rows []*pageRow) {
	byStatus := make(map[string]int)
	byFilter := make(map[string]int)
	v.Statuses = slices.Clone(aliyun.Statuses)
	for _, r := range rows {
		byStatus[r.Status]++
		if !slices.Contains(v.Statuses, r.Status) {
			v.Statuses = append(v.Statuses, r.Status)
		}
		if n := len(v.Accounts); n == 0 || v.Accounts[n-1] != r.Account { // rows are sorted by account
			v.Accounts = append(v.Accounts, r.Account)
		}
		for _, f := range pageFilters {
			if f.keeps(r) {
				byFilter[f.Name]++
			}
		}
	}
	for _, f := range pageFilters {
		q := pageQuery{Only: f.Name, Refresh: v.Query.Refresh}
		v.Summary = append(v.Summary, pageLink{f.Name, f.Title, byFilter[f.Name], q.Address(), v.Query.Only == f.Name && v.Query.Status == ""})
	}
	for _, status := range v.Statuses {
		q := pageQuery{Status: status, Refresh: v.Query.Refresh}
		v.Summary = append(v.Summary, pageLink{status, status, byStatus[status], q.Address(), v.Query.Status == status})
	}
}
