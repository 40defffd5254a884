// Package poll asks the API for what is to be known of batches and puts the answers
// into the store.
//
// A [Poller] has an account for each account of the configuration, and an account has
// a lane for each operation: job queries (QueryOTAJob), job lists
// (ListOTAJobByFirmware), firmware lists (ListOTAFirmware) and task counts
// (ListOTATaskByJob). A lane waits until something is due, takes a slot of the rate
// budget, asks package schedule what is most urgent by then, makes the call, and takes
// up the answer. Whatever changes a batch goes through account.update.
//
// The package never serves anything and never decides on its own what is urgent. A
// call that ends after its account was stopped changes nothing.
package poll
