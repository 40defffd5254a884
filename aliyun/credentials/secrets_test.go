package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// No error contains a key, a token or the query of a URL, whatever a source answers. "HUSH"
// stands for each of them.
func TestErrorsContainNoSecret(t *testing.T) {
	home := bareEnvironment(t)
	for path, text := range map[string]string{
		filepath.Join(home, ".alibabacloud", "credentials"): "[default]\nHUSH\n",
		filepath.Join(home, ".aliyun", "config.json"):       `{"current": "default", "profiles": [{"access_key_secret": "HUSH"},`,
	} {
		writeFile(t, path, text)
	}
	// answers returns a Config with a credentials URI that gives this answer. The URI itself
	// contains secrets too: a password and a query.
	answers := func(status int, body string) Config {
		uri := uriServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		})
		return Config{CredentialsURI: strings.Replace(uri, "://", "://me:HUSH@", 1) + "/keys?token=HUSH"}
	}
	// says returns a source that fails with an error text of credentials-go whose cause is
	// hard to reproduce.
	says := func(text string) func(Config) (source, error) {
		return func(Config) (source, error) { return fakeCredential(fails(text)), nil }
	}
	for name, tt := range map[string]struct {
		cfg    Config
		source func(Config) (source, error) // nil: credentials-go
		want   string
	}{
		"keys without an expiration": {
			cfg:  answers(200, `{"AccessKeyId": "a", "AccessKeySecret": "HUSH", "SecurityToken": "HUSH"}`),
			want: "/keys?<query> lacks AccessKeyId, AccessKeySecret, SecurityToken or Expiration",
		},
		"a refusal with a code": {
			cfg:  answers(403, `{"Code": "NoPermission", "Message": "HUSH"}`),
			want: "/keys?<query> answers with an error with code NoPermission",
		},
		"plain text":                  {cfg: answers(500, `key = HUSH`), want: "/keys?<query> answers with an error"},
		"a page":                      {cfg: answers(502, `<html>HUSH</html>`), want: "/keys?<query> answers with an error"},
		"an incomplete answer":        {cfg: answers(500, `{"AccessKeySecret": "HUSH`), want: "/keys?<query> answers with an error"},
		"text after an object":        {cfg: answers(500, `{"Code": "A"} HUSH`), want: "/keys?<query> answers with an error with code A"},
		"text after a number":         {cfg: answers(500, `12 HUSH`), want: "/keys?<query> answers with an error"},
		"a code that is not a string": {cfg: answers(500, `{"Code": {"x": "HUSH"}}`), want: "/keys?<query> answers with an error"},
		"not JSON, status 200":        {cfg: answers(200, `HUSH`), want: "/keys?<query> is not JSON: "},
		"no connection": {
			cfg:  Config{CredentialsURI: "http://me:HUSH@127.0.0.1:1/keys?token=HUSH"},
			want: `credentials_uri: call http://127.0.0.1:1/keys: dial tcp 127.0.0.1:1: connect: connection refused`,
		},
		"broken profiles of the standard chain": {want: filepath.Join(home, ".aliyun", "config.json") + " are not JSON"},
		"a broken line in the shared profile": {
			source: says("ERROR: Can not open filekey-value delimiter not found: HUSH"),
			want:   "default provider chain: the file ~/.alibabacloud/credentials is not readable",
		},
		"a token in the query to STS": {
			source: says(`Post "https://sts.aliyuncs.com/?AccessKeyId=a&SecurityToken=HUSH%2B": context deadline exceeded`),
			want:   "default provider chain: call https://sts.aliyuncs.com/: no answer in time",
		},
		"two sources of a chain": {
			source: says(`get session token failed: {"Code": "AuthenticationFail.OIDCToken.Expired", "Message": "HUSH"}, refresh Ecs sts token err, httpStatus: 404, message = HUSH`),
			want:   "default provider chain: STS rejects the request with code AuthenticationFail.OIDCToken.Expired, this host has no RAM role of this name: the metadata service answers with HTTP 404",
		},
		"an error of STS that is not JSON": {
			source: says("refresh session token failed: HUSH"),
			want:   "default provider chain: STS rejects the request",
		},
		"an error of the single sign-on that is not JSON": {
			source: says("get session token from sso failed: HUSH"),
			want:   "default provider chain: the single sign-on rejects the request",
		},
		"a role that the host does not have": {
			cfg:    Config{ECSRAMRole: "reader"},
			source: says("refresh Ecs sts token err, httpStatus: 404, message = HUSH"),
			want:   "ecs_ram_role: this host has no RAM role of this name: the metadata service answers with HTTP 404",
		},
		"no host of ECS": {
			cfg: Config{ECSRAMRole: "reader"},
			source: says(`refresh Ecs sts token err: Get "http://100.100.100.200/latest/meta-data/ram/security-credentials/reader": ` +
				`context deadline exceeded (Client.Timeout exceeded while awaiting headers)`),
			want: "ecs_ram_role: the metadata service, which only ECS hosts have, does not answer: no answer in time",
		},
		"a failing metadata service": {
			cfg:    Config{ECSRAMRole: "reader"},
			source: says("refresh Ecs sts token err, httpStatus: 503, message = HUSH"),
			want:   "ecs_ram_role: the metadata service answers with HTTP 503",
		},
		"an external command": {
			source: says("failed to execute external command: exit status 1\nstderr: HUSH"),
			want:   "exit status 1\nstderr: <answer>",
		},
		"the secret of the configuration": {
			cfg:    Config{AccessKeyID: "a", AccessKeySecret: "HUSH", SecurityToken: "HUSH"},
			source: says("no good: HUSH"),
			want:   "security_token: no good: <secret>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var told error // what the log gets
			c := New(tt.cfg, func(err error) { told = err })
			if tt.source != nil {
				c.newSource = tt.source
			}
			wantNoKeys(t, c, tt.want)
			demandOwnWords(t, told)
			if text := fmt.Sprintf("%v %+v %#v", told, errors.Unwrap(told), told); strings.Contains(text, "HUSH") {
				t.Errorf("the secret is in %s", text)
			}
		})
	}
}

// ofTheSDK matches what credentials-go and net/http write.
var ofTheSDK = regexp.MustCompile(`fail to |[Uu]nmarshal|token err|failed: <answer|message = |ERROR: |enviro\w+ variables|IMDS|Client\.Timeout|(?:Get|Post|Put|GET) "?http`)

// demandOwnWords demands an error in words of this program.
func demandOwnWords(t *testing.T, err error) {
	t.Helper()
	if found := ofTheSDK.FindString(err.Error()); found != "" {
		t.Errorf("%q in the error: %v", found, err)
	}
}

// Keys, Config and Provider show no secret however they are printed or marshalled.
func TestPrintingShowsNoSecret(t *testing.T) {
	keys := Keys{"id", "HUSH", "HUSH"}
	cfg := Config{AccessKeyID: "id", AccessKeySecret: "HUSH", SecurityToken: "HUSH", CredentialsURI: "http://HUSH"}
	c := New(Config{AccessKeyID: "id", AccessKeySecret: "HUSH"}, nil)
	if _, err := c.Keys(t.Context()); err != nil {
		t.Fatal(err)
	}
	hex := fmt.Sprintf("%x", "HUSH") // %x and %X print it so
	for _, value := range []any{keys, &keys, []Keys{keys}, struct{ K Keys }{keys}, cfg, &cfg, c} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.3s"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "HUSH") || strings.Contains(strings.ToLower(text), hex) {
				t.Errorf("%s of a %T: %s", verb, value, text)
			}
		}
		if text, err := json.Marshal(value); err != nil || strings.Contains(string(text), "HUSH") {
			t.Errorf("JSON of a %T: %s, error %v", value, text, err)
		}
	}
}
