package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/link"
)

// Site is all pages: they show the batches in the store and the schedule of the poller, and
// need both. The other fields are optional. The handlers are safe for concurrent use.
type Site struct {
	Store   *store.Store
	Poller  *poll.Poller
	Version string         // of the exporter, in the footer; "": none is shown
	Zone    *time.Location // shown beside UTC; nil: none
	// Grafana and Console are where the page of a batch links to. The zero value of one
	// means no link.
	Grafana, Console link.Template
}

// now returns the current time in the time zone of the pages.
func (s Site) now() time.Time {
	return time.Now().In(cmp.Or(s.Zone, time.UTC))
}

// landing is what the template of the landing page shows.
type landing struct {
	frame
	Links []landingLink
}

type landingLink struct {
	Address           string
	Text, Description phrase.Text
}

// Landing returns the handler of the landing page. Its links are relative, so that it works
// behind a proxy that serves the exporter in a folder.
func (s Site) Landing(name, metricsPath string) http.Handler {
	return s.inLanguage("./", func(w http.ResponseWriter, r *http.Request) {
		f := s.frame(r, phrase.Verbatim(name), "./", &pageQuery{})
		send(w, "landing.html", landing{f, []landingLink{
			{"jobs" + f.languageOnly().suffix(), phrase.Of("Batches"), phrase.Of("status, progress, last error and next poll of each batch")},
			{"api/v1/jobs" + f.languageOnly().suffix(), phrase.Of("JSON"), phrase.Of("the same for programs")},
			{strings.TrimPrefix(metricsPath, "/"), phrase.Of("Metrics"), phrase.Of("metrics for Prometheus")},
			{"-/healthy", phrase.Of("Health"), phrase.Of("200 while the exporter runs, even if the API is down")},
		}})
	})
}

// Jobs returns the handler of /jobs.
func (s Site) Jobs() http.Handler {
	return gzhttp.GzipHandler(s.inLanguage("./", func(w http.ResponseWriter, r *http.Request) {
		query, err := parsePageQuery(r.URL.RawQuery)
		if problem, invalid := errors.AsType[InvalidQuery](err); invalid {
			s.refuse(w, r, "./", problem)
			return
		}
		f := s.frame(r, phrase.Of("OTA batches"), "./", &query)
		rows := pageRows(s.Store.Snapshot(), s.Store, f.now)
		if problem, invalid := errors.AsType[InvalidQuery](query.resolve(rows)); invalid {
			s.refuse(w, r, "./", problem)
			return
		}
		f.query = query
		outages, lists := findOutages(rows, s.Poller.ListFailures())
		view := query.view(r.Context(), f, rows, s.Poller)
		view.showOutages(outages, s.Poller)
		view.showLists(lists)
		view.showProducts(s.Poller.ProductCounts())
		web.BreakOff(r)
		send(w, "jobs.html", view)
	}))
}

// Account returns the handler of /jobs/{account}, and of the same below /api/v1. It leads to the
// list of the account. A JobId in place of an account leads to its batch, or to the list of all
// batches with this JobId.
func (s Site) Account() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.Lead(w, "../"+addressOf(s.Store.Snapshot(), r.PathValue("account"), r.URL.Query()))
	})
}

// addressOf returns where a name after /jobs/ leads to, relative to the folder of /jobs.
func addressOf(states []*store.State, name string, parameters url.Values) string {
	list := func(parameter, value string) string {
		parameters.Set(parameter, value)
		return "jobs?" + parameters.Encode()
	}
	for _, name := range []string{name, unescaped(name)} {
		if slices.ContainsFunc(states, func(s *store.State) bool { return s.Account == name }) {
			return list("account", name)
		}
		var of []*store.State
		for _, s := range states {
			if s.JobID == name {
				of = append(of, s)
			}
		}
		if len(of) > 1 {
			return list("text", name)
		}
		if len(of) == 1 && batchAddress(of[0].Account, name) != "" {
			address := url.URL{RawQuery: parameters.Encode()}
			return batchAddress(of[0].Account, name) + address.String()
		}
	}
	return list("account", name) // its batches may not be known yet
}

// missingBatch is what the template of a batch that is not watched shows.
type missingBatch struct {
	frame
	Account, JobID string // as in the URL
	Back           string
}

// problem is what the template of an answer without a page shows.
type problem struct {
	frame
	Text phrase.Text
	Back string // the relative URL of the list
}

// refuse answers a request with an invalid parameter. root is the relative URL of the landing page.
func (s Site) refuse(w http.ResponseWriter, r *http.Request, root string, why phrase.Text) {
	f := s.frame(r, phrase.Of("Invalid address"), root, &pageQuery{})
	sendStatus(w, http.StatusBadRequest, "problem.html", problem{f, why, root + "jobs" + f.languageOnly().suffix()})
}

// inLanguage returns the handler of a page that refuses to be asked for a language without texts.
func (s Site) inLanguage(root string, page http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if problem, invalid := errors.AsType[InvalidQuery](CheckLanguage(r)); invalid {
			s.refuse(w, r, root, problem)
			return
		}
		page(w, r)
	})
}

// CheckLanguage returns an error if a request asks for a language without texts. The error is an
// InvalidQuery.
func CheckLanguage(r *http.Request) error {
	tag := r.URL.Query().Get("lang")
	if _, known := phrase.Parse(tag); tag != "" && !known {
		return invalid("lang=%q: want zh or en", shorten(tag))
	}
	return nil
}

// NotFound returns the handler of all addresses without a page.
func (s Site) NotFound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		root := "./" + strings.Repeat("../", max(0, strings.Count(r.URL.EscapedPath(), "/")-1))
		f := s.frame(r, phrase.Of("Page not found"), root, &pageQuery{})
		sendStatus(w, http.StatusNotFound, "problem.html", problem{f, phrase.Of("There is no page at this address."), root + "jobs" + f.languageOnly().suffix()})
	})
}
