package aliyun

import (
	"cmp"
)

// NameOf names an instance to a reader; the public one has no id.
func NameOf(in Instance) string { return cmp.Or(in.ID, "(public)") }
