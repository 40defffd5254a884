package pages

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// pageQuery is what the URL of the page asks for. The zero value selects every batch, the most
// urgent one first. The template uses the exported fields and methods.
type pageQuery struct {
	Account    string // "": any
	Status     string // "": any; may be noData
	Only       string // name of a filter; "": all batches
	Text       string // words that the texts of the batch must contain
	sort       string // key of a column; "": by urgency
	descending bool
	page       int  // from 0
	Refresh    bool // automatically, every 15 s
	// Language is the one that the reader has chosen; "": the browser chooses.
	Language phrase.Language
}

// pageFilter selects some of the batches.
type pageFilter struct {
	Name  string
	Title phrase.Text
	keeps func(*pageRow) bool
}

var pageFilters = []pageFilter{
	{"", phrase.Of("all batches"), func(*pageRow) bool { return true }},
	{"failing", phrase.Of("failing"), func(r *pageRow) bool { return r.Err != nil || r.DevicesErr != nil }},
	{"overdue", phrase.Of("past the deadline"), (*pageRow).Overdue},
}

const (
	// maxQuery is the maximum length of the parameters together, maxValue that of one, in
	// bytes. The links of the page repeat most of them.
	maxQuery = 16 << 10
	maxValue = 1000
	// maxWords is the maximum number of words to search for.
	maxWords = 32
)

// InvalidQuery is an error of a parameter that can be said in any language. It names the
// parameter and the valid values.
type InvalidQuery struct{ phrase.Text }

func (e InvalidQuery) Error() string { return e.In(phrase.English) }

func invalid(english string, arguments ...any) error {
	return InvalidQuery{phrase.Of(english, arguments...)}
}

// parameters are the names of the parameters of /jobs.
var parameters = []string{"account", "status", "only", "text", "sort", "page", "refresh", "lang"}

// parsePageQuery reads the parameters of a URL, except the language, which [phrase.Choose]
// reads. The caller reads further parameters, whose names are in more. Names and words of the API
// may be in any case. The error is an InvalidQuery.
func parsePageQuery(raw string, more ...string) (q pageQuery, err error) {
	if len(raw) > maxQuery {
		return q, invalid("the parameters are %d bytes long: want at most %d", len(raw), maxQuery)
	}
	v, err := url.ParseQuery(raw)
	if err != nil {
		return q, invalid("the parameters cannot be read: want name=value with & between them, and special characters percent-encoded")
	}
	known := append(slices.Clone(parameters), more...)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		switch n := len(v.Get(name)); {
		case !slices.Contains(known, name):
			return q, invalid("unknown parameter %q: want one of %v", shorten(name), known)
		case len(v[name]) > 1:
			return q, invalid("%s is given %d times: want it once", name, len(v[name]))
		case n > maxValue:
			return q, invalid("%s is %d bytes long: want at most %d", name, n, maxValue)
		}
	}
	q = pageQuery{Account: v.Get("account"), Status: v.Get("status"), Only: strings.ToLower(v.Get("only")), Text: v.Get("text")}
	if n := len(q.words()); n > maxWords {
		return q, invalid("text has %d different words: want at most %d", n, maxWords)
	}
	q.sort, q.descending = strings.CutPrefix(strings.ToLower(v.Get("sort")), "-")
	if _, ok := q.column(); !ok && v.Get("sort") != "" {
		return q, invalid("sort=%q: want one of %v, with - in front for descending", v.Get("sort"), keysOf(pageColumns, func(c pageColumn) string { return c.Key }))
	}
	if _, ok := q.filter(); !ok {
		return q, invalid("only=%q: want one of %q", v.Get("only"), keysOf(pageFilters, func(f pageFilter) string { return f.Name }))
	}
	if text := v.Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return q, invalid("page=%q: want a number from 1", text)
		}
		q.page = n - 1
	}
	if text := v.Get("refresh"); text != "" {
		if q.Refresh, err = strconv.ParseBool(text); err != nil {
			return q, invalid("refresh=%q: want 1 or 0", text)
		}
	}
	return q, nil
}

// shorten limits the length of what a message repeats.
func shorten(text string) string { return printable.Shorten(text, 100) }

// words returns the different words of Text in lower case.
func (q pageQuery) words() []string {
	words := strings.Fields(strings.ToLower(q.Text))
	slices.Sort(words)
	return slices.Compact(words)
}

func keysOf[T any](table []T, key func(T) string) (keys []string) {
	for _, row := range table {
		keys = append(keys, key(row))
	}
	return keys
}

func (q pageQuery) column() (pageColumn, bool) {
	i := slices.IndexFunc(pageColumns, func(c pageColumn) bool { return c.Key == q.sort })
	if i < 0 {
		return pageColumn{}, false
	}
	return pageColumns[i], true
}

func (q pageQuery) filter() (pageFilter, bool) {
	i := slices.IndexFunc(pageFilters, func(f pageFilter) bool { return f.Name == q.Only })
	if i < 0 {
		return pageFilter{}, false
	}
	return pageFilters[i], true
}

// Sort returns the value of the sort parameter.
func (q pageQuery) Sort() string {
	if q.descending {
		return "-" + q.sort
	}
	return q.sort
}

// Address returns the relative URL of the page, without parameters that have their default.
func (q pageQuery) Address() string {
	v := url.Values{}
	for _, p := range [][2]string{{"account", q.Account}, {"status", q.Status}, {"only", q.Only}, {"text", q.Text}, {"sort", q.Sort()}} {
		if p[1] != "" {
			v.Set(p[0], p[1])
		}
	}
	if q.page > 0 {
		v.Set("page", strconv.Itoa(q.page+1))
	}
	if q.Refresh {
		v.Set("refresh", "1")
	}
	if q.Language != "" {
		v.Set("lang", q.Language.Tag())
	}
	return "?" + v.Encode()
}

// suffix returns the parameters as they follow the path of a URL, "" if there are none.
func (q pageQuery) suffix() string { return strings.TrimSuffix(q.Address(), "?") }
