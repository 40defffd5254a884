package web

import (
	"net/http"
)

// BreakOff aborts the answer to a request whose client has gone. Else it does nothing. A client
// that has closed its connection only for sending may still read, and must not mistake half
// an answer for a whole one. The panic makes net/http close the connection.
func BreakOff(r *http.Request) {
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
}
