// Package fleet is what an account of the OTA service holds: update packages, update
// batches, and the devices that the batches move on. Everything lives by the clock: a
// batch starts, pushes its package to its devices, and ends by itself.
//
// Nothing is stored per device. What a device does is a function of its batch, its
// index and the time, so a batch of a million devices costs no more than one of ten,
// and the same batch always goes the same way.
//
// The package knows nothing of HTTP, of keys or of the API's rules for a call. It gives
// records: the fields that an answer of the API shows, in order. It starts no
// goroutine and sets no timer. Time comes from package time, so testing/synctest can
// drive it.
package fleet
