package aliyun

import (
	"strings"
	"unicode/utf8"
)

// Text is valid UTF-8, as Prometheus demands; "" when the API left the field out.
func Text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.ToValidUTF8(*s, string(utf8.RuneError))
}
