// Package network connects clients and servers in tests and in the demo: connections in
// memory, with which the clock of testing/synctest can advance, direct calls of a handler,
// TLS with certificates of a test authority, and a proxy for CONNECT.
//
// It knows nothing of the API that is served over it.
package network
