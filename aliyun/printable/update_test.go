package printable_test

import "flag"

// This package rewrites nothing. It has the flag so that go test ./... -update, which
// gives it to every package, does not fail here.
var _ = flag.Bool("update", false, "rewrite goldens and generated texts")
