package pages

import (
	"context"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
)

const (
	// rowsPerPage keeps a fleet of any size readable, and its page cheap.
	rowsPerPage = 100
	// refreshSeconds is how often a page that refreshes itself does.
	refreshSeconds = 15
	// statusesShown and accountsShown bound the lists to choose from. The API has four
	// statuses; another one in each answer would make the page as long as the fleet.
	statusesShown = 20 // beside the documented ones
	accountsShown = 500
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
	MoreAccounts       int // that are not listed
	MoreStatuses       int
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
// last: batches go while people turn pages. When ctx ends, it is not whole.
func (q pageQuery) view(ctx context.Context, rows []*pageRow, poller *poll.Poller, now time.Time) *pageView {
	found := q.of(ctx, rows)
	if q.sort == "next" {
		showNext(poller, found)
	}
	q.page = max(0, min(q.page, (len(found)-1)/rowsPerPage))
	from := q.page * rowsPerPage
	to := min(from+rowsPerPage, len(found))
	shown := q.sorted(found)[from:to]
	showNext(poller, shown)
	v := &pageView{
		Query: q, Rows: shown, From: from + 1, To: to, Found: len(found), Total: len(rows),
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
	var others []string // statuses that are not documented
	for _, r := range rows {
		if byStatus[r.Status]++; byStatus[r.Status] == 1 && !slices.Contains(aliyun.Statuses, r.Status) {
			others = append(others, r.Status)
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
	others, v.MoreStatuses = bounded(others, statusesShown, func(status string) bool { return status == noData || status == v.Query.Status })
	v.Accounts, v.MoreAccounts = bounded(v.Accounts, accountsShown, func(account string) bool { return account == v.Query.Account })
	v.Statuses = append(slices.Clone(aliyun.Statuses), others...)
	for _, f := range pageFilters {
		q := pageQuery{Only: f.Name, Refresh: v.Query.Refresh}
		v.Summary = append(v.Summary, pageLink{f.Name, f.Title, byFilter[f.Name], q.Address(), v.Query.Only == f.Name && v.Query.Status == ""})
	}
	for _, status := range v.Statuses {
		q := pageQuery{Status: status, Refresh: v.Query.Refresh}
		v.Summary = append(v.Summary, pageLink{statusClass(status), status, byStatus[status], q.Address(), v.Query.Status == status})
	}
}

// bounded gives at most limit of the names, those that are wanted first, and how many it
// leaves out. A name that is too long to be a parameter is left out, too.
func bounded(names []string, limit int, wanted func(string) bool) (kept []string, more int) {
	if len(names) > limit {
		slices.SortStableFunc(names, func(a, b string) int { return boolOrder(wanted(b)) - boolOrder(wanted(a)) })
	}
	for _, name := range names {
		if len(kept) < limit && len(name) <= maxValue {
			kept = append(kept, name)
		}
	}
	return kept, len(names) - len(kept)
}
