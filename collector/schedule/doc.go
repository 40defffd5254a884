// Package schedule says what to ask for next and when: the order of work, the
// shares of the rate budget, outages, and lists that are read page by page. It is
// pure: time comes in as an argument, and there is no clock, lock or I/O in it.
package schedule
