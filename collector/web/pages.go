package web

import (
	"io"
	"net/http"
)

// Pages are the handlers of the exporter's pages. All fields are required.
type Pages struct {
	MetricsPath string       // such as /metrics, valid as in CheckFlags; if it is /, there is no landing page
	Landing     http.Handler // serves /
	Metrics     http.Handler // serves MetricsPath
	Jobs        http.Handler // serves /jobs
	Batch       http.Handler // serves /jobs/{account}/{job_id}
	JobsAPI     http.Handler // serves /api/v1/jobs
	BatchAPI    http.Handler // serves /api/v1/jobs/{account}/{job_id}
	Account     http.Handler // serves /jobs/{account} and /api/v1/jobs/{account}
	NotFound    http.Handler // serves all other addresses
	NotFoundAPI http.Handler // serves all other addresses below /api
	Reload      func() error // reloads the configuration; must be safe for concurrent use
}

// Handler returns the handler of all pages, which is safe for concurrent use.
func (p Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+exactly(p.MetricsPath), p.Metrics)
	if p.MetricsPath != "/" {
		mux.Handle("GET /{$}", p.Landing)
	}
	mux.Handle("GET /", p.notFound(mux))
	mux.Handle("GET /jobs", p.Jobs)
	mux.Handle("GET /jobs/{account}", p.Account)
	mux.Handle("GET /jobs/{account}/{job_id}", p.Batch)
	mux.Handle("GET /api/v1/jobs", p.JobsAPI)
	mux.Handle("GET /api/v1/jobs/{account}", p.Account)
	mux.Handle("GET /api/v1/jobs/{account}/{job_id}", p.BatchAPI)
	// Browsers request it and log an error for a 404.
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /-/healthy", ok)
	mux.HandleFunc("GET /-/ready", ok)
	// A reload has a router of its own: in this one, a GET of its address would be a page that
	// does not exist, and not a method that is not allowed.
	all := http.NewServeMux()
	all.Handle("/", mux)
	all.Handle("/-/reload", p.reload())
	return joinEncodings(all)
}

// reload returns the handler that reloads the configuration.
func (p Pages) reload() http.Handler {
	mux := http.NewServeMux()
	// A page of another site must not make the browser of its reader reload the configuration.
	mux.Handle("POST /-/reload", http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := p.Reload(); err != nil {
			http.Error(w, "the configuration was not reloaded, the previous one remains in force: "+err.Error(), http.StatusInternalServerError)
			return
		}
		io.WriteString(w, "reloaded\n")
	})))
	return mux
}

// exactly returns a pattern that matches only the path, even if the path ends with a slash.
func exactly(path string) string {
	if path[len(path)-1] == '/' {
		return path + "{$}"
	}
	return path
}

func ok(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }
