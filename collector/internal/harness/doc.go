// Package harness is what front-door tests share: the simulator, a real client, a
// real poller and the real handlers, under the clock of testing/synctest.
package harness
