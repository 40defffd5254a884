// Package collector assembles the exporter from the packages below it. Data flows through them
// in one direction:
//
//	target → schedule → poll → aliyun → store → expose, pages, statefile
//
// target defines what to watch, schedule decides what to request next, poll makes the calls,
// and store holds the state of each batch. expose and pages show the states, statefile keeps
// them across restarts, and web serves HTTP. check implements --config.check and
// --config.check-live. advice maps errors to cures.
//
// A scrape reads the store: it never makes a call to the API, and a slow or failing API never
// delays it.
package collector
