// Package gateway is the endpoint of the API in front of a fleet, as a client sees it:
// signatures, clock skew, nonces, STS tokens, permissions, request budgets, error forms,
// XML and JSON, paging. It serves the four operations of the OTA service of the IoT
// Platform, version 2018-01-20, and what goes wrong on demand: see Fault.
//
// It holds accounts, faults and the log of calls. What the answers say of packages and
// batches it asks the fleet. It opens no listener, and starts a goroutine only to see
// that the client of an endless answer has gone. It imports nothing but the standard
// library and the fleet; its signatures share no code with the client's.
package gateway
