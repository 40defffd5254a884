package gateway

import (
	"unicode"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// Dialect is how an API-compatible endpoint differs from Alibaba's public ones.
// The zero value is one of those: it takes every signature.
type Dialect struct {
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

// SetDialect changes the endpoint for all calls that arrive from now on.
func (g *Gateway) SetDialect(d Dialect) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dialect = d
}

// spelled gives v, what [writeJSON] and [writeXML] take, with its keys respelled.
func (d Dialect) spelled(v any) any {
	if d.Spell == nil {
		return v
	}
	switch v := v.(type) {
	case fleet.Record:
		o := make(fleet.Record, len(v))
		for i, m := range v {
			o[i] = fleet.Field{Name: d.Spell(m.Name), Value: d.spelled(m.Value)}
		}
		return o
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			all[i] = d.spelled(e)
		}
		return all
	}
	return v
}
