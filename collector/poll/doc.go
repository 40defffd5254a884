// Package poll asks the API. Each account has a lane for each operation: it takes
// a slot of the rate budget, asks the schedule what is most urgent, makes the
// call, and puts the answer into the store. It shows nothing to anybody.
package poll
