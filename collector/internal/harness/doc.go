// Package harness runs the exporter without sockets for tests: simulator, client, poller,
// store and handlers are the real ones, on the simulated clock of testing/synctest. It also
// has what such tests use to change the simulator and to read /metrics and /jobs.
package harness
