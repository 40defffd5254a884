package credentials

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bareEnvironment empties the standard chain: it clears its environment variables, moves HOME
// to an empty folder, and disables the metadata service, which would be asked over the
// network. It returns HOME.
func bareEnvironment(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "ALIBABA_CLOUD_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
	return home
}

// writeFile creates a file and its folder. It returns the name.
func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Each kind of configuration selects its source. This test does not use the network, so it
// recognizes sources on the network by their error.
func TestSourceOfAConfiguration(t *testing.T) {
	bareEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "env-id")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "env-secret")
	file := func(content string) string { return writeFile(t, filepath.Join(t.TempDir(), "secret"), content) }
	for name, tt := range map[string]struct {
		cfg  Config
		want Keys
		err  string // a part of the error; "": none
	}{
		"nothing: the standard chain, here the environment": {want: Keys{"env-id", "env-secret", ""}},
		"a key pair": {
			cfg:  Config{AccessKeyID: "id", AccessKeySecret: "secret"},
			want: Keys{"id", "secret", ""},
		},
		"a token with its key pair": {
			cfg:  Config{AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: "token"},
			want: Keys{"id", "secret", "token"},
		},
		"files that end in a newline": {
			cfg:  Config{AccessKeyID: "id", AccessKeySecretFile: file("secret\n"), SecurityTokenFile: file(" token\r\n")},
			want: Keys{"id", "secret", "token"},
		},
		"an id alone does not take the environment's secret": {
			cfg: Config{AccessKeyID: "id"},
			err: "access_key_id: an access key id and its secret are required",
		},
		"a role without a key pair does not take the environment's": {
			cfg: Config{RoleARN: "acs:ram::1:role/r"},
			err: "role_arn: an access key id and its secret are required",
		},
		"an empty file": {
			cfg: Config{AccessKeyID: "id", AccessKeySecretFile: file("\n")},
			err: "the file is empty",
		},
		"a file of two lines": {
			cfg: Config{AccessKeyID: "id", AccessKeySecretFile: file("secret\nother\n")},
			err: "more than one line, or a character that no key has",
		},
		"a file with a byte order mark": {
			cfg: Config{AccessKeyID: "id", AccessKeySecretFile: file("\xef\xbb\xbfsecret\n")},
			err: "more than one line, or a character that no key has",
		},
		"no file": {
			cfg: Config{AccessKeyID: "id", AccessKeySecretFile: "/nowhere/secret"},
			err: "open /nowhere/secret: no such file or directory",
		},
		"a file that is too large": {
			cfg: Config{AccessKeyID: "id", AccessKeySecretFile: file(strings.Repeat("x", 1<<20))},
			err: "larger than 64 KiB, which is too large for a secret",
		},
		"a file without an end": {
			cfg: Config{AccessKeyID: "id", AccessKeySecretFile: os.DevNull},
			err: "not a regular file",
		},
		"an OIDC token without an end": {
			cfg: Config{OIDCProviderARN: "acs:ram::1:oidc-provider/p", OIDCTokenFile: os.DevNull, RoleARN: "acs:ram::1:role/r"},
			err: "not a regular file",
		},
		"a role with a missing OIDC token": {
			cfg: Config{OIDCProviderARN: "acs:ram::1:oidc-provider/p", OIDCTokenFile: "/nowhere/token", RoleARN: "acs:ram::1:role/r"},
			err: "OIDC: open /nowhere/token: no such file or directory",
		},
		"an ECS role where the metadata service is off": {
			cfg: Config{ECSRAMRole: "role"},
			err: "ecs_ram_role: ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids the RAM role of the host",
		},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := New(tt.cfg, nil).Keys(t.Context())
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q in it", err, tt.err)
				}
				return
			}
			if err != nil || keys != tt.want {
				t.Fatalf("keys %q %q %q, error %v", keys.AccessKeyID, keys.AccessKeySecret, keys.SecurityToken, err)
			}
		})
	}
}

// uriServer starts a credentials URI on the loopback address.
func uriServer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// writeURIKeys answers in the format of a credentials URI.
func writeURIKeys(w io.Writer, k Keys, validFor time.Duration) {
	json.NewEncoder(w).Encode(map[string]string{
		"AccessKeyId": k.AccessKeyID, "AccessKeySecret": k.AccessKeySecret, "SecurityToken": k.SecurityToken,
		"Expiration": time.Now().Add(validFor).UTC().Format("2006-01-02T15:04:05Z"),
	})
}

func TestAnAnswerWithEmptyKeysIsAFailure(t *testing.T) {
	uri := uriServer(t, func(w http.ResponseWriter, _ *http.Request) { writeURIKeys(w, Keys{}, time.Hour) })
	wantNoKeys(t, New(Config{CredentialsURI: uri}, nil), "the source's answer has no access key")
}

// credentials-go panics at an answer of STS without Expiration, and at an answer of the
// metadata service without Code.
func TestAPanicOfTheSourceIsAFailure(t *testing.T) {
	_, c := newFakeSources(func() (Keys, error) { var none *Keys; return *none, nil })
	wantNoKeys(t, c, "panic at the source's answer")
}
