// Package schedule decides what to ask for next and when.
//
// [Plan] orders the QueryOTAJob calls of an account: a batch waits in one or more
// classes (turns.go), each class has a share of the rate budget (shares.go), and the
// most urgent batch that is due comes first (choose.go). Failing batches back off; if
// all fail for a shared reason, one call an interval probes for the end of the outage.
// [Periodic] orders reads that all repeat after the same wait: lists and device
// counts. [Reading] knows when a list that changes while it is read is complete.
//
// The package is pure: time comes in as an argument, and it has no clock, lock or
// I/O. It keeps ids and times, not states. Its types are not safe for concurrent use;
// package poll guards them with the lock of the account.
package schedule
