package web

import (
	"net/http"
	"strings"
)

// joinEncodings gives a handler all lines of Accept-Encoding as one, which means the same. A proxy
// may split them, and gzhttp reads only the first line.
func joinEncodings(next http.Handler) http.Handler {
	const name = "Accept-Encoding"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lines := r.Header.Values(name); len(lines) > 1 {
			r = r.Clone(r.Context()) // a handler must not change its request
			r.Header.Set(name, strings.Join(lines, ", "))
		}
		next.ServeHTTP(w, r)
	})
}
