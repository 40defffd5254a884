package config

// checkSchemas are the checks that a check tag can name, as far as a JSON schema can say
// them. What it cannot say is left to --config.check.
var checkSchemas = map[string]object{
	"endpoint":  matching(`^$|^([hH][tT][tT][pP][sS]?://)?`+host+`(:`+port+`)?$`, "host[:port] or http(s)://host[:port]"),
	"file":      {"minLength": 1},
	"id":        all(matching(`^(\.{0,2}[^.*＊•●…])+\.{0,2}$`, "the whole value, not masked"), noPlaceholder),
	"key id":    all(matching(`^(\.{0,2}[!-)+-\-/-~])+\.{0,2}$`, "the whole AccessKey ID, not masked, on one line"), noQuotes, noPlaceholder),
	"pattern":   {"minLength": 1, "maxLength": maxPattern},
	"rate":      {"minimum": 1, "maximum": maxRequestsPerSecond},
	"reason":    merged(object{"type": "string"}, matching(reasonPattern.String(), "a name in snake_case, such as flash_full"), object{"maxLength": maxReason, "not": object{"enum": reserved}}),
	"signature": {"enum": []any{"v3", "v1", nil}},
	"text":      all(matching(`^([*＊•●]{0,2}[^*＊•●…])+[*＊•●]{0,2}$`, "the whole value, not masked"), noPlaceholder),
}

const (
	// unmaskedID is an ID without the characters of masks and placeholders.
	unmaskedID = `^(\.{0,2}[!%-)+-\-/-;=?-z|~])+\.{0,2}$`
	// unmaskedKey is a secret or a token without a mask, in the characters of keys.
	unmaskedKey = `^(\*{0,2}[!-)+-~])+\*{0,2}$`

	host = `([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\])`
	port = `0*([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`
)

var (
	// noQuotes is a text without quotes around it, which are part of it within those of YAML.
	noQuotes = matching(`^($|[^"']|"(.*[^"])?$|'(.*[^'])?$)`, "the value with one pair of quotes or none")
	// noWideQuotes is a text without the quotes of a Chinese keyboard around it.
	noWideQuotes = matching(`^($|[^“‘]|“.*[^”]$|‘.*[^’]$|.$)`, "the value in plain quotes or none")
	// noPlaceholder is what placeholderPattern does not match.
	noPlaceholder = matching(`^($|[^$<{]|\$([^{(]|$)|\{([^{]|$))`, "the value itself, not a placeholder such as ${NAME}")
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
	"accounts[].name": all(
		matching(`^[^\s\p{Cc}\p{Zl}\p{Zp}]([^\p{Cc}\p{Zl}\p{Zp}]*[^\s\p{Cc}\p{Zl}\p{Zp}])?$`, "a name such as production, on one line"),
		noQuotes, noWideQuotes, noPlaceholder,
	),
	"accounts[].region":                      region,
	"accounts[].credentials":                 {"allOf": credentials},
	"accounts[].credentials.credentials_uri": merged(object{"type": "string"}, matching(`^[hH][tT][tT][pP][sS]?://([^\s/?#@]+@)?`+host+`(:\d*)?([/?#]([^\s%]|%[0-9A-Fa-f]{2})*)?$`, "http(s)://host[:port]/path")),
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
var credentials = []object{
	with("access_key_id", needsOne("access_key_secret", "access_key_secret_file"), excludes("ecs_ram_role", "oidc_provider_arn", "credentials_uri")),
	with("access_key_secret", needs("access_key_id"), excludes("access_key_secret_file")),
	with("access_key_secret_file", needs("access_key_id")),
	with("security_token", needs("access_key_id"), excludes("security_token_file")),
	with("security_token_file", needs("access_key_id")),
	with("role_arn", needsOne("access_key_id", "oidc_provider_arn")),
	with("role_session_name", needs("role_arn")),
	with("external_id", needs("role_arn"), excludes("oidc_provider_arn")),
	with("ecs_ram_role", excludes("oidc_provider_arn", "credentials_uri")),
	with("oidc_provider_arn", needs("oidc_token_file", "role_arn"), excludes("credentials_uri")),
	with("oidc_token_file", needs("oidc_provider_arn")),
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
	matching(`^([yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$`, "true or false"),
)

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

// all is a value to which each of the parts applies.
func all(parts ...object) object { return object{"allOf": parts} }

// with applies the parts to a struct in which the key is given.
func with(key string, parts ...object) object {
	return object{"if": given(key), "then": all(parts...)}
}

// needs is a struct in which the keys are given.
func needs(keys ...string) object {
	some := object{}
	for _, key := range keys {
		some[key] = object{"type": scalar, "errorMessage": "needed by another key; give it a value"}
	}
	return object{"required": keys, "properties": some}
}

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
		none[key] = matching(`^$`, "excluded by another key; keep one of the two")
	}
	return object{"properties": none}
}
