// Package credentials keeps the keys of one account fresh, wherever they come from: a
// key pair, a file, STS, the role of a host, OIDC, a credentials URI or the standard
// chain. The sources themselves are those of credentials-go.
//
// A Provider asks its source once at a time, however many callers wait, bounds how
// long that takes and how much the answer may be, and goes on with the last good keys
// for a while when the source fails. Identity says whose rate budget the calls use up.
//
// It never prints a secret, neither in an error nor by any verb of fmt, and it knows
// nothing of the API that the keys are for.
package credentials
