// Package target says what to watch: accounts, their instances, the batches that the
// configuration names, and the products and packages that batches are discovered by.
// [FromConfig] makes a [Setup] from a configuration, for example:
//
//	accounts[0].instances[0].jobs[0]              a Target of the account
//	accounts[0].instances[0].discover.products    a Discover of the account
//	polling.interval                              Rules.Interval
//
// All types are plain values that do not change after FromConfig, and any goroutine
// may read them. The package makes no API call and keeps nothing of any answer.
package target
