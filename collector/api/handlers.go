package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// Handlers returns the handlers of /api/v1/jobs, which takes the parameters of /jobs and format,
// and of /api/v1/jobs/{account}/{job_id}. They serve what the site shows, and are safe for
// concurrent use.
func Handlers(site pages.Site) (jobs, job http.Handler) {
	return jobsHandler(site), jobHandler(site)
}

func jobsHandler(site pages.Site) http.Handler {
	return gzhttp.GzipHandler(inLanguage(func(w http.ResponseWriter, r *http.Request, l phrase.Language) {
		now := time.Now()
		selection, err := site.Select(r.Context(), r.URL.RawQuery, now, "format")
		if problem, invalid := errors.AsType[pages.InvalidQuery](err); invalid {
			refuse(w, l, http.StatusBadRequest, problem)
			return
		}
		format, problem := parseFormat(r.URL)
		if problem != nil {
			refuse(w, l, http.StatusBadRequest, problem)
			return
		}
		web.BreakOff(r)
		var list listWriter = newJSONList(w, selection, site.Poller.Division().Shard, now)
		if format == "csv" {
			list = newCSVList(w)
			w.Header().Set("Content-Disposition", `attachment; filename="ota-batches.csv"`)
		}
		setHeaders(w, list.contentType())
		if list.begin() != nil {
			return // the client has gone
		}
		for b := range selection.Batches {
			web.BreakOff(r)
			if list.add(jobOf(b, l)) != nil {
				return
			}
		}
		_ = list.end() // fails only if the client has gone
	}))
}

// listWriter writes the answer with all selected batches in a format, batch by batch. An error
// means that the client has gone.
type listWriter interface {
	contentType() string
	begin() error
	add(j job) error
	end() error
}

func jobHandler(site pages.Site) http.Handler {
	return gzhttp.GzipHandler(inLanguage(func(w http.ResponseWriter, r *http.Request, l phrase.Language) {
		if !onlyLanguage(r.URL.RawQuery) {
			refuse(w, l, http.StatusBadRequest, phrase.Of("unknown parameters %q: the answer about one batch takes only lang", printable.Shorten(r.URL.RawQuery, 100)))
			return
		}
		account, jobID := r.PathValue("account"), r.PathValue("job_id")
		b, ok := site.Find(account, jobID, time.Now())
		web.BreakOff(r)
		if !ok {
			refuse(w, l, http.StatusNotFound, notWatched(site.Poller.Division(), account, jobID))
			return
		}
		j := jobOf(b, l)
		j.addDetails(b.State)
		setHeaders(w, "application/json")
		write(w, j)
	}))
}

// notWatched returns the error for a batch that the exporter does not watch.
func notWatched(division target.Division, account, jobID string) phrase.Text {
	if shard, elsewhere := division.Elsewhere(account); elsewhere {
		return phrase.Of("the exporter does not watch job %q of account %q, which belongs to shard %d of %d; this is shard %d", jobID, account, shard, division.Total, division.Number)
	}
	return phrase.Of("the exporter does not watch job %q of account %q", jobID, account)
}

// parseFormat reads the parameters that only this package has. The problem is nil if they are valid.
func parseFormat(u *url.URL) (format string, problem phrase.Text) {
	parameters := u.Query()
	if parameters.Get("page") != "" {
		return "", phrase.Of("page=%q: the answer has all batches at once: omit it", parameters.Get("page"))
	}
	switch format := parameters.Get("format"); strings.ToLower(format) {
	case "", "json":
		return "json", nil
	case "csv":
		return "csv", nil
	default:
		return "", phrase.Of("format=%q: want one of [json csv]", format)
	}
}

// NotFound returns the handler of all addresses below /api without an answer.
func NotFound() http.Handler {
	return inLanguage(func(w http.ResponseWriter, _ *http.Request, l phrase.Language) {
		refuse(w, l, http.StatusNotFound, phrase.Of("there is nothing at this address: want /api/v1/jobs or /api/v1/jobs/{account}/{job_id}"))
	})
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, l phrase.Language, status int, why phrase.Text) {
	setHeaders(w, "application/json")
	w.WriteHeader(status)
	write(w, struct {
		Error string `json:"error"`
	}{why.In(l)})
}

func setHeaders(w http.ResponseWriter, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// write writes a value as JSON. It fails only if the client has gone.
func write(w io.Writer, value any) {
	_ = json.NewEncoder(w).Encode(value)
}
