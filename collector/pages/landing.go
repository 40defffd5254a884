package pages

import (
	"net/http"
	"strings"
)

// landing is what the template of the landing page shows.
type landing struct {
	frame
	Links []landingLink
}

type landingLink struct{ Address, Text, Description string }

// NewLandingPage returns the handler of the landing page, which is safe for concurrent use. Its
// links are relative, so that it works behind a proxy that serves the exporter in a folder.
func NewLandingPage(name, metricsPath string, o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		send(w, "landing.html", landing{
			frame: frame{Title: name, Root: "./", Version: o.Version, now: o.now()},
			Links: []landingLink{
				{"jobs", "Batches", "status, progress, last error and next poll of each batch"},
				{"api/v1/jobs", "JSON", "the same for programs"},
				{strings.TrimPrefix(metricsPath, "/"), "Metrics", "metrics for Prometheus"},
				{"-/healthy", "Health", "200 while the exporter runs, even if the API is down"},
			},
		})
	})
}
