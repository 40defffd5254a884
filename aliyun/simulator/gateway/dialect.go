package gateway

import (
	"unicode"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// Dialect describes how an API-compatible endpoint differs from Alibaba's public ones.
// The zero value is a public endpoint, which accepts every signature.
type Dialect struct {
	// Signature is the only signature that it accepts: "v1", the HMAC-SHA1 of RPC calls,
	// or "v3", ACS3-HMAC-SHA256. "" is all.
	Signature string
	// Spell changes the spelling of each key in the answers, such as [CamelCase] or
	// strings.ToLower; nil is the documented spelling.
	Spell func(key string) string
}

// CamelCase changes the first letter of a key to lower case: requestId for RequestId.
func CamelCase(key string) string {
	first, size := utf8.DecodeRuneInString(key)
	return string(unicode.ToLower(first)) + key[size:]
}

// SetDialect changes the dialect for all calls that arrive from now on.
func (g *Gateway) SetDialect(d Dialect) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dialect = d
}

// spelled returns v, an argument of [writeJSON] or [writeXML], with its keys respelled.
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
