package web

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"

	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"
)

// Pages are what the exporter serves beside its landing page.
type Pages struct {
	Name        string // the program's
	MetricsPath string // such as /metrics
	Metrics     http.Handler
	Jobs        http.Handler // what is known of each batch, for people
	Reload      func() error // takes up the configuration file anew
}

// plainPath is a path without anything that the router or a URL gives a
// meaning to.
var plainPath = regexp.MustCompile(`^/[A-Za-z0-9._~/-]*$`)

// uncleanPath has a part that is empty, "." or "..". No request can ask for it,
// and the router panics.
var uncleanPath = regexp.MustCompile(`//|/\.\.?(/|$)`)

// Handler routes requests. Its error names the flag that is wrong.
func (p Pages) Handler() (http.Handler, error) {
	own := []string{"/jobs", "/-/healthy", "/-/ready", "/-/reload", "/favicon.ico"}
	if !plainPath.MatchString(p.MetricsPath) || uncleanPath.MatchString(p.MetricsPath) || slices.Contains(own, p.MetricsPath) {
		return nil, fmt.Errorf("--web.telemetry-path=%q: want a path such as /metrics, without //, /. and /.., none of %v", p.MetricsPath, own)
	}
	landing, err := web.NewLandingPage(web.LandingConfig{
		Name:        p.Name,
		Description: "Firmware rollouts (OTA batches) of Alibaba Cloud IoT Platform, for Prometheus",
		Version:     version.Info(),
		Profiling:   "false",
		Links: []web.LandingLinks{
			{Address: "/jobs", Text: "Batches", Description: "what is known of each, its last error, and when it is asked for next"},
			{Address: p.MetricsPath, Text: "Metrics", Description: "what Prometheus scrapes"},
			{Address: "/-/healthy", Text: "Health", Description: "200 while the exporter serves, also when the API is down"},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("landing page: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+exactly(p.MetricsPath), p.Metrics)
	if p.MetricsPath != "/" {
		mux.Handle("GET /{$}", landing)
	}
	mux.Handle("GET /jobs", p.Jobs)
	// Browsers ask for it; a 404 would be an error in their console.
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /-/healthy", ok)
	mux.HandleFunc("GET /-/ready", ok)
	// A page of another site must not be able to ask for it in its reader's name.
	mux.Handle("POST /-/reload", http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := p.Reload(); err != nil {
			http.Error(w, "the configuration was not reloaded, the old one stays in force: "+err.Error(), http.StatusInternalServerError)
			return
		}
		io.WriteString(w, "reloaded\n")
	})))
	return mux, nil
}

// exactly keeps a path that ends in a slash from matching all below it.
func exactly(path string) string {
	if path[len(path)-1] == '/' {
		return path + "{$}"
	}
	return path
}

func ok(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }
