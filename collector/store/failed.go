package store

import "time"

// MaxFailed is how many failed devices of a batch are kept at most: those of the page that
// is read anyway. Of an account with very many of them, fewer of each batch are kept.
const MaxFailed = 100

// FailedDevice is a device of a batch whose upgrade failed. Its texts are what the device
// or the API sent, each in one short line that is safe to show. They may be on pages, but
// must not become labels, nor be logged or saved.
type FailedDevice struct {
	Name        string // DeviceName
	SrcVersion  string
	DestVersion string
	Text        string    // what is said about the failure; "": nothing is
	Reason      string    // the key of the device in [DeviceCounts.Reasons]
	At          time.Time // when the task last changed, which is when it failed; zero: unknown
}
