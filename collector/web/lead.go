package web

import (
	"net/http"
	"strings"
)

// Lead answers with the address of another page, relative to that of the request. http.Redirect
// would make it absolute, which is wrong if a proxy serves the exporter in a folder.
func Lead(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusFound)
}

// notFound answers requests that no page of mux is for. If there is a page at the same address
// without the slash at the end, it leads there.
func (p Pages) notFound(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if address, slash := strings.CutSuffix(r.URL.EscapedPath(), "/"); slash && address != "" {
			without := r.Clone(r.Context())
			without.URL.Path = strings.TrimSuffix(r.URL.Path, "/")
			without.URL.RawPath = strings.TrimSuffix(r.URL.RawPath, "/")
			if _, pattern := mux.Handler(without); pattern != "" && pattern != "GET /" {
				to := "../" + address[strings.LastIndexByte(address, '/')+1:]
				if r.URL.RawQuery != "" {
					to += "?" + r.URL.RawQuery
				}
				Lead(w, to)
				return
			}
		}
		if strings.HasPrefix(r.URL.Path+"/", "/api/") {
			p.NotFoundAPI.ServeHTTP(w, r)
			return
		}
		p.NotFound.ServeHTTP(w, r)
	}
}
