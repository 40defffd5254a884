// Package network is how a client of this process reaches a server in tests and in the
// demo: connections in memory, which let the clock of testing/synctest move, and TLS
// with certificates of an authority of its own.
//
// It knows nothing of the API that is served over it.
package network
