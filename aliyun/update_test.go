package aliyun_test

import "flag"

// Nothing here is rewritten; the flag is for go test ./... -update.
var _ = flag.Bool("update", false, "rewrite goldens and generated texts")
