// Package credentials supplies the access keys of an account. A [Config] says where they
// come from: a key pair, files, STS, a RAM role, OIDC, a credentials URI, or the
// standard chain of credentials-go, which implements all these sources.
//
// A [Provider] gets keys from its source and renews them. It limits the time and the
// size of an answer, makes one request at a time for any number of callers, and uses
// the last good keys for up to 150 seconds while the source fails. [Config.Identity]
// tells which accounts share a rate budget.
//
// The package never shows a secret: neither in an error nor with any verb of fmt or in
// JSON. It knows nothing of the API for which the keys are.
package credentials
