package credentials

import "regexp"

// words replaces what credentials-go and net/http write in errors by words of this program. A
// text may be one of several that the standard chain joins with ", ". The rows are applied in
// their order. What no row matches stays.
var words = []struct {
	text  *regexp.Regexp
	words string
}{
	{regexp.MustCompile(`refresh Ecs sts token err, httpStatus: 404, message = <answer[^>]*>`),
		"this host has no RAM role of this name: the metadata service answers with HTTP 404"},
	{regexp.MustCompile(`refresh Ecs sts token err, httpStatus: (\d+), message = <answer[^>]*>`),
		"the metadata service answers with HTTP $1"},
	{regexp.MustCompile(`(?:refresh Ecs sts token err|get metadata token failed|get role name failed): \w+ "[^"]*": `),
		"the metadata service, which only ECS hosts have, does not answer: "},
	{regexp.MustCompile(`refresh Ecs sts token err: `), "the metadata service: "},
	{regexp.MustCompile(`refresh Ecs sts token err, json\.Unmarshal fail: `), "the answer of the metadata service is not JSON: "},
	{regexp.MustCompile(`refresh Ecs sts token err, (?:fail to get credentials|Code is not Success)`),
		"the answer of the metadata service has no keys"},
	{regexp.MustCompile(`IMDS credentials is disabled`), "ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids the RAM role of the host"},

	{regexp.MustCompile(`(?:get|refresh) session token failed: <answer( with code [\w.]+)?>`), "STS rejects the request$1"},
	{regexp.MustCompile(`(?:get oidc|refresh RoleArn) sts token err, json\.Unmarshal fail: `), "the answer of STS is not JSON: "},
	{regexp.MustCompile(`(?:get oidc|refresh RoleArn) sts token err, fail to get credentials`), "the answer of STS has no keys"},
	{regexp.MustCompile(`get session token from sso failed: <answer( with code [\w.]+)?>`), "the single sign-on rejects the request$1"},

	{regexp.MustCompile(`get credentials from \w+ (\S+) failed: <answer( with code [\w.]+)?>`), "$1 answers with an error$2"},
	{regexp.MustCompile(`get credentials from \w+ (\S+) failed with error, json unmarshal fail: `), "the answer of $1 is not JSON: "},
	{regexp.MustCompile(`refresh credentials from \w+ (\S+) failed: <answer( with code [\w.]+)?>`),
		"the answer of $1 lacks AccessKeyId, AccessKeySecret, SecurityToken or Expiration"},

	{regexp.MustCompile(`reading aliyun cli config from '([^']*)' failed `), "read the profiles in $1: "},
	{regexp.MustCompile(`unmarshal aliyun cli config from '([^']*)' failed: <answer[^>]*>`), "the profiles in $1 are not JSON"},
	{regexp.MustCompile(`no any configured profiles in '([^']*)'`), "$1 has no profiles"},
	{regexp.MustCompile(`unable to get profile with '([^']*)'`), "there is no profile $1 in ~/.aliyun/config.json"},
	{regexp.MustCompile(`ERROR: Can not open file<answer>`), "the file ~/.alibabacloud/credentials is not readable"},

	{regexp.MustCompile(`(?:Get|Post|Put) "([^"?]*)[^"]*": `), "call $1: "},
	{regexp.MustCompile(`context deadline exceeded(?: \(Client\.Timeout [^)]*\))?`), "no answer in time"},
}

// inWords says text, which may be logged, in words of this program.
func inWords(text string) string {
	for _, w := range words {
		text = w.text.ReplaceAllString(text, w.words)
	}
	return text
}

// name is what the user configured, as errors name it.
func (cfg Config) name() string {
	switch kind := cfg.kind(); kind {
	case "access_key":
		return "access_key_id"
	case "default":
		return "default provider chain"
	case "oidc_role_arn":
		return "OIDC"
	case "ram_role_arn":
		return "role_arn"
	case "sts":
		return "security_token"
	default: // a key of the configuration
		return kind
	}
}
