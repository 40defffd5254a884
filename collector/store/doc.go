// Package store keeps what is known of each batch.
//
// A [State] is immutable: news makes a new one, and [Store.Replace] puts it in place
// of the old one. Readers therefore share states without a lock, and a scrape sees
// each batch as of one moment. The methods of State say how news changes it, when
// the batch is expected to end, and whether its devices need to be counted.
//
// The store never calls the API, never decides when to ask for a batch, and never
// calls back into its users. Package statefile saves and restores it.
package store
