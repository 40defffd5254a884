// Package statefile keeps the state of the batches across restarts: it reads the state file
// into the store at startup and writes it while the program runs and at shutdown.
//
// The file is text: a line with the version, then one JSON line for each batch, so that
// damage affects single lines. Each write makes a new file and renames it, so that readers
// and crashes never see half a file. A lock file beside it keeps a second exporter away.
//
// The package never calls the API and does not decide what to poll. It never changes a file
// that it cannot read: it moves it aside.
package statefile
