// Package fleet simulates the data of the OTA service: update packages, update batches
// and the device tasks of each batch. The state of all of them follows from the time: a
// batch starts, pushes its package to its devices and ends.
//
// Nothing is stored per device. The state of a device task is a function of its batch,
// its index and the time. So a batch of a million devices is as cheap as one of ten, and
// a batch with the same settings always runs the same way.
//
// The package knows nothing of HTTP, keys or the rules for a call. It returns a [Record]:
// the fields of an answer, in order. It starts no goroutine and sets no timer. Its time
// is that of package time, so it works with testing/synctest.
package fleet
