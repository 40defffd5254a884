package conditions

import "runtime/debug"

// MuchGarbage lets garbage grow to four times the live heap. It is for the TestMain of a
// package whose tests make much garbage and keep little: by default a quarter to a half of
// their CPU goes into collecting it.
func MuchGarbage() { debug.SetGCPercent(400) }
