// Package gateway simulates the HTTP endpoint of the API in front of a fleet. It checks
// signatures, time stamps, nonces, STS tokens, permissions and quotas, reads parameters
// and pages, and encodes answers and errors in JSON or XML. It serves the four operations
// of the OTA service of IoT Platform, version 2018-01-20. A [Fault] makes calls fail.
//
// A [Gateway] holds accounts, faults and a log of calls. It reads packages and batches
// from the fleet and never changes them. It opens no listener. It imports only the
// standard library and the fleet, and its signatures share no code with those of the
// client.
package gateway
