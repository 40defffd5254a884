package pages

import (
	"context"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
)

const (
	// rowsPerPage limits the size of a page.
	rowsPerPage = 100
	// refreshSeconds is the time between two automatic refreshes of a page.
	refreshSeconds = 15
	// maxStatuses and maxAccounts limit the lists to choose from. The API documents four
	// statuses, but may send another one for each batch.
	maxStatuses = 20 // in addition to the documented ones
	maxAccounts = 500
)

// pageView is what the template shows.
type pageView struct {
	frame
	Query    pageQuery
	Rows     []*pageRow // of this page
	From, To int        // position of Rows in all rows of the query, from 1
	Found    int        // number of batches that the query selects
	Total    int        // number of watched batches

	Outages     []*outage
	MoreOutages int
	Lists       []pageList    // lists that cannot be read
	MoreLists   int           // number of other lists that cannot be read
	Products    *pageProducts // nil: none is discovered

	Summary            []pageLink      // number of batches by filter and status
	Headers            []pageHeader    // of the columns with something to show
	Shows              map[string]bool // the keys of those columns
	Previous, Next     string          // URLs; "": there is no such page
	JSON, CSV          string          // URLs of the same batches, all pages of them
	Accounts, Statuses []string
	MoreAccounts       int // number of accounts that are not in Accounts
	MoreStatuses       int // number of statuses that are not in Statuses
	Filters            []pageFilter
	Orders             []pageOrder // to choose from where the table has no headings
	Filtered           bool        // a filter is set that the summary does not show
	RefreshSeconds     int
}

// pageLink is a link to some of the batches.
type pageLink struct {
	Kind    string // a status or the name of a filter
	Text    phrase.Text
	Count   int
	Address string
	Current bool
}

// pageHeader is the heading of a column and a link to the page sorted by it.
type pageHeader struct {
	pageColumn
	Address string
	Order   string // ascending, descending or none, as in aria-sort
}

// pageOrder is a value of the sort parameter.
type pageOrder struct {
	Name  string
	Title phrase.Text
}

// pageOrders returns all of them.
func pageOrders() (all []pageOrder) {
	for _, c := range pageColumns {
		all = append(all, pageOrder{c.Key, c.Title}, pageOrder{"-" + c.Key, phrase.Of("%s, descending", c.Title)})
	}
	return all
}

// view returns the requested page of the rows. If there is no such page, because batches have
// disappeared, it returns the last one. If ctx ends, the view is incomplete.
func (q pageQuery) view(ctx context.Context, f frame, rows []*pageRow, poller *poll.Poller) *pageView {
	found := q.of(ctx, rows)
	if q.sort == "next" {
		showNext(poller, found)
	}
	q.page = max(0, min(q.page, (len(found)-1)/rowsPerPage))
	from := q.page * rowsPerPage
	to := min(from+rowsPerPage, len(found))
	shown := q.sorted(found)[from:to]
	showNext(poller, shown)
	for _, r := range shown {
		if r.Page = batchAddress(r.Account, r.JobID); r.Page != "" {
			r.Page += q.suffix() // for the way back
		}
	}
	v := &pageView{
		frame: f,
		Query: q, Rows: shown, From: from + 1, To: to, Found: len(found), Total: len(rows),
		Shows: make(map[string]bool), Filters: pageFilters, Orders: pageOrders(), Filtered: q.Account != "" || q.Text != "", RefreshSeconds: refreshSeconds,
	}
	page := func(offset int) string { q := q; q.page += offset; return q.Address() }
	if from > 0 {
		v.Previous = page(-1)
	}
	if to < len(found) {
		v.Next = page(1)
	}
	same := q
	same.page, same.Refresh = 0, false
	v.JSON = "api/v1/jobs" + same.suffix()
	v.CSV = "api/v1/jobs" + strings.Replace(same.Address()+"&format=csv", "?&", "?", 1)
	v.summarize(rows)
	for _, c := range pageColumns {
		if !showsColumn(c, shown) && c.Key != q.sort {
			continue
		}
		v.Shows[c.Key] = true
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

// summarize counts all batches and lists the accounts and statuses to choose from.
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
	others, v.MoreStatuses = limited(others, maxStatuses, func(status string) bool { return status == noData || status == v.Query.Status })
	v.Accounts, v.MoreAccounts = limited(v.Accounts, maxAccounts, func(account string) bool { return account == v.Query.Account })
	v.Statuses = append(slices.Clone(aliyun.Statuses), others...)
	for _, f := range pageFilters {
		q := pageQuery{Only: f.Name, Refresh: v.Query.Refresh, Language: v.Query.Language}
		v.Summary = append(v.Summary, pageLink{f.Name, f.Title, byFilter[f.Name], q.Address(), v.Query.Only == f.Name && v.Query.Status == ""})
	}
	for _, status := range v.Statuses {
		q := pageQuery{Status: status, Refresh: v.Query.Refresh, Language: v.Query.Language}
		v.Summary = append(v.Summary, pageLink{statusClass(status), batchStatus(status), byStatus[status], q.Address(), v.Query.Status == status})
	}
}

// limited returns at most limit of the names, wanted ones first, and the number of the others.
// Names that are too long for a parameter are left out.
func limited(names []string, limit int, wanted func(string) bool) (kept []string, more int) {
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
