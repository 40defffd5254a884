// Package statefile keeps what outlives a restart: it reads the state file into
// the store at the start and writes it while the program runs. It knows nothing of
// the API.
package statefile
