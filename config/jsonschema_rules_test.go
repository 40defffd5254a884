package config

// checkSchemas are the checks that a check tag can name, as far as a JSON schema can say
// them. What it cannot say is left to --config.check.
var checkSchemas = map[string]object{
	"endpoint":  matching(`^$|^(https?://)?([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?$`, "host[:port] or http(s)://host[:port]"),
	"file":      {"minLength": 1},
	"id":        matching(`^(\.{0,2}[^.*＊•●…])+\.{0,2}$`, "the whole value, not masked"),
	"key id":    merged(matching(`^(\.{0,2}[!-)+-\-/-~])+\.{0,2}$`, "the whole AccessKey ID, not masked, on one line"), withoutQuotes),
	"pattern":   {"minLength": 1, "maxLength": maxPattern},
	"rate":      {"minimum": 1, "maximum": maxRequestsPerSecond},
	"reason":    merged(matching(reasonPattern.String(), "a name in snake_case, such as flash_full"), object{"maxLength": maxReason, "not": object{"enum": reserved}}),
	"signature": {"enum": []any{"v3", "v1", nil}},
	"text":      matching(`^([*＊•●]{0,2}[^*＊•●…])+[*＊•●]{0,2}$`, "the whole value, not masked"),
}

const (
	// unmaskedID is an ID without the characters of masks and placeholders.
	unmaskedID = `^(\.{0,2}[!%-)+-\-/-;=?-z|~])+\.{0,2}$`
	// unmaskedKey is a secret or a token without a mask and without white space.
	unmaskedKey = `^([*＊•●]{0,2}[^*＊•●…\s])+[*＊•●]{0,2}$`
)

// pathSchemas are the checks that no tag names, by the path of the key. The one of a struct
// is about its keys together.
var pathSchemas = map[string]object{
	"":         {"required": []string{"accounts"}},
	"accounts": {"minItems": 1},
	"accounts[]": {
		"required": []string{"name", "instances"},
		"anyOf": []object{
			given("region"),
			given("endpoint"),
			{"properties": object{"instances": object{"items": given("region")}}},
		},
	},
	"accounts[].name":                        matching(`\S`, "a name such as production"),
	"accounts[].region":                      region,
	"accounts[].credentials":                 {"dependentSchemas": credentials},
	"accounts[].credentials.credentials_uri": matching(`^https?://[^/?#]`, "http(s)://host[:port]/path"),
	"accounts[].instances": {"contains": object{"anyOf": []object{
		filled("jobs"),
		{"required": []string{"discover"}, "properties": object{"discover": object{"type": "object", "anyOf": []object{filled("products"), filled("firmwares")}}}},
	}}},
	"accounts[].instances[].id":                 matching(unmaskedID, "the whole IotInstanceId, or no id for the public instance"),
	"accounts[].instances[].region":             region,
	"accounts[].instances[].jobs":               ids("JobId", unmaskedID),
	"accounts[].instances[].discover.firmwares": ids("FirmwareId", unmaskedID),
	"accounts[].instances[].discover.products": merged(ids("ProductKey", `^\*$|`+unmaskedID),
		object{"if": object{"contains": object{"const": "*"}}, "then": object{"maxItems": 1}}),
	"failure_reasons":   {"maxItems": maxFailureReasons},
	"failure_reasons[]": {"required": []string{"reason", "match"}},
}

// credentials say, for each key that is given, which other ones it needs or excludes.
var credentials = map[string]object{
	"access_key_id":          merged(needsOne("access_key_secret", "access_key_secret_file"), excludes("ecs_ram_role", "oidc_provider_arn", "credentials_uri")),
	"access_key_secret":      merged(needs("access_key_id"), excludes("access_key_secret_file")),
	"access_key_secret_file": needs("access_key_id"),
	"security_token":         merged(needs("access_key_id"), excludes("security_token_file")),
	"security_token_file":    needs("access_key_id"),
	"role_arn":               needsOne("access_key_id", "oidc_provider_arn"),
	"role_session_name":      needs("role_arn"),
	"external_id":            merged(needs("role_arn"), excludes("oidc_provider_arn")),
	"ecs_ram_role":           excludes("oidc_provider_arn", "credentials_uri"),
	"oidc_provider_arn":      merged(needs("oidc_token_file", "role_arn"), excludes("credentials_uri")),
	"oidc_token_file":        needs("oidc_provider_arn"),
}

var region = merged(
	matching(`^$|`+regionPattern.String(), "lower-case letters, digits and dashes, such as cn-shanghai"),
	object{"examples": regions},
)

const aDuration = "a number greater than zero and its unit (ms, s, m or h), such as 90s, 15m or 24h"

// duration is what time.ParseDuration reads, greater than zero.
var duration = object{
	"type": "string", "errorMessage": aDuration,
	"allOf": []object{
		matching(`^\+?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$`, aDuration),
		matching(`[1-9]`, aDuration),
	},
}

// boolean is what the YAML library reads as one, with the words of YAML 1.1.
var boolean = merged(
	object{"type": []string{"boolean", "string"}},
	matching(`^([yY]|yes|on|[nN]|no|off)$`, "true or false"),
)

// withoutQuotes is a text without quotes around it, which are part of it within those of YAML.
var withoutQuotes = object{"not": object{"pattern": `^(".*"|'.*')$`}}

// matching is a text that matches a pattern, and what an editor says of one that does not.
// Patterns are in the common part of RE2 and the regular expressions of JavaScript.
func matching(pattern, want string) object {
	return object{"pattern": pattern, "patternErrorMessage": want}
}

// ids is a list of IDs of a kind, each of them once.
func ids(kind, pattern string) object {
	return object{"uniqueItems": true, "items": merged(object{"type": scalar}, matching(pattern, "the whole "+kind+", not masked"))}
}

// given is a struct with a value for the key. A key without one, as while one writes it, is as
// good as none.
func given(key string) object {
	return object{"required": []string{key}, "properties": object{key: object{"not": object{"enum": []any{nil, ""}}}}}
}

// filled is a struct with a list that is not empty.
func filled(key string) object {
	return object{"required": []string{key}, "properties": object{key: object{"type": "array", "minItems": 1}}}
}

func needs(keys ...string) object { return object{"required": keys} }

func needsOne(keys ...string) object {
	var choices []object
	for _, key := range keys {
		choices = append(choices, needs(key))
	}
	return object{"anyOf": choices}
}

func excludes(keys ...string) object {
	none := object{}
	for _, key := range keys {
		none[key] = false
	}
	return object{"properties": none}
}
