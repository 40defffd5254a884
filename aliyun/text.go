package aliyun

import (
	"strings"
	"unicode/utf8"
)

// Text returns a field as valid UTF-8, which Prometheus requires; "" if it is nil.
func Text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.ToValidUTF8(*s, string(utf8.RuneError))
}
