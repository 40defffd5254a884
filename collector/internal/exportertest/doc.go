// Package exportertest is what end-to-end tests share: it runs the whole exporter, in this
// process or as the built program, on the real clock and on a port of the loopback
// address, and asks it over HTTP.
//
// The harness beside it runs the parts of the exporter without sockets, on a simulated
// clock. Most tests should use that: it is faster and exact to the second.
package exportertest
