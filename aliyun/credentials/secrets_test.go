package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
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
			want: "/keys?<query> failed: <answer>",
		},
		"a refusal with a code": {
			cfg:  answers(403, `{"Code": "NoPermission", "Message": "HUSH"}`),
			want: "/keys?<query> failed: <answer with code NoPermission>",
		},
		"plain text":                  {cfg: answers(500, `key = HUSH`), want: "failed: <answer>"},
		"a page":                      {cfg: answers(502, `<html>HUSH</html>`), want: "failed: <answer>"},
		"an incomplete answer":        {cfg: answers(500, `{"AccessKeySecret": "HUSH`), want: "failed: <answer>"},
		"text after an object":        {cfg: answers(500, `{"Code": "A"} HUSH`), want: "failed: <answer with code A>"},
		"text after a number":         {cfg: answers(500, `12 HUSH`), want: "failed: <answer>"},
		"a code that is not a string": {cfg: answers(500, `{"Code": {"x": "HUSH"}}`), want: "failed: <answer>"},
		"not JSON, status 200":        {cfg: answers(200, `HUSH`), want: "json unmarshal fail"},
		"no connection": {
			cfg:  Config{CredentialsURI: "http://me:HUSH@127.0.0.1:1/keys?token=HUSH"},
			want: `Get "http://127.0.0.1:1/keys?<query>": dial tcp 127.0.0.1:1: connect: connection refused`,
		},
		"broken profiles of the standard chain": {want: "default provider chain: unmarshal aliyun cli config from"},
		"a broken line in the shared profile": {
			source: says("ERROR: Can not open filekey-value delimiter not found: HUSH"),
			want:   "default: ERROR: Can not open file<answer>",
		},
		"a token in the query to STS": {
			source: says(`Post "https://sts.aliyuncs.com/?AccessKeyId=a&SecurityToken=HUSH%2B": context deadline exceeded`),
			want:   `Post "https://sts.aliyuncs.com/?<query>": context deadline exceeded`,
		},
		"two sources of a chain": {
			source: says(`get session token failed: {"Code": "AuthenticationFail.OIDCToken.Expired", "Message": "HUSH"}, refresh Ecs sts token err, httpStatus: 404, message = HUSH`),
			want:   "default: get session token failed: <answer with code AuthenticationFail.OIDCToken.Expired>, refresh Ecs sts token err, httpStatus: 404, message = <answer>",
		},
		"an error of STS that is not JSON": {
			source: says("refresh session token failed: HUSH"),
			want:   "default: refresh session token failed: <answer>",
		},
		"an error of the single sign-on that is not JSON": {
			source: says("get session token from sso failed: HUSH"),
			want:   "default: get session token from sso failed: <answer>",
		},
		"a role that the host does not have": {
			cfg:    Config{ECSRAMRole: "reader"},
			source: says("refresh Ecs sts token err, httpStatus: 404, message = HUSH"),
			want:   "ecs_ram_role: this host has no RAM role of this name: the metadata service answers with HTTP 404",
		},
		"an external command": {
			source: says("failed to execute external command: exit status 1\nstderr: HUSH"),
			want:   "exit status 1\nstderr: <answer>",
		},
		"the secret of the configuration": {
			cfg:    Config{AccessKeyID: "a", AccessKeySecret: "HUSH", SecurityToken: "HUSH"},
			source: says("no good: HUSH"),
			want:   "sts: no good: <secret>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var told error // what the log gets
			c := New(tt.cfg, func(err error) { told = err })
			if tt.source != nil {
				c.newSource = tt.source
			}
			wantNoKeys(t, c, tt.want)
			if text := fmt.Sprintf("%v %+v %#v", told, errors.Unwrap(told), told); strings.Contains(text, "HUSH") {
				t.Errorf("the secret is in %s", text)
			}
		})
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
