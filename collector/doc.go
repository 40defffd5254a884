// Package collector is the heart of the exporter, cut into packages along the way
// that data takes:
//
//	target → schedule → poll → aliyun → store → expose, pages, statefile
//
// target says what to watch, schedule what to ask for next, poll asks, and store
// keeps what the answers said. expose, pages and statefile show or save it; check
// and advice help to set it up. A scrape reads the store and never costs an API
// call; a slow or failing API never delays a scrape.
package collector
