package web

import (
	"net/http"
)

// BreakOff ends an answer whose reader has gone, and does nothing else. One that has only ended its own sending
// may still read, and half of an answer must not look like all of it: the panic is how
// net/http is told to close the connection in its middle.
func BreakOff(r *http.Request) {
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
}
