package simulator

import (
	"unicode"
	"unicode/utf8"
)

// Gateway is how an API-compatible endpoint differs from Alibaba's public ones.
// The zero value is one of those: it takes every signature.
type Gateway struct {
	// Signature is the only one that it knows: "v1", HMAC-SHA1 of RPC calls, or
	// "v3", ACS3-HMAC-SHA256.
	Signature string
	// Spell gives the spelling of a key in its answers, such as [CamelCase] or
	// strings.ToLower; nil leaves them as the API's pages have them.
	Spell func(key string) string
}

// CamelCase spells a key with a small letter first: requestId for RequestId.
func CamelCase(key string) string {
	first, size := utf8.DecodeRuneInString(key)
	return string(unicode.ToLower(first)) + key[size:]
}

// SetGateway changes the endpoint for all calls that arrive from now on.
func (s *Simulator) SetGateway(g Gateway) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway = g
}

// spelled gives v, what [writeJSON] and [writeXML] take, with its keys respelled.
func (g Gateway) spelled(v any) any {
	if g.Spell == nil {
		return v
	}
	switch v := v.(type) {
	case object:
		o := make(object, len(v))
		for i, m := range v {
			o[i] = member{g.Spell(m.name), g.spelled(m.value)}
		}
		return o
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			all[i] = g.spelled(e)
		}
		return all
	}
	return v
}
