// Package store keeps what is known of each batch. A State is never changed: news
// makes a new one, so a reader needs no lock. It does not know when anything is
// asked for, and asks nothing itself.
package store
