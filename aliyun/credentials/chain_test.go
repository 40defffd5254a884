package credentials

import (
	"path/filepath"
	"strings"
	"testing"
)

// Without a key, the error of the standard chain names what a user can set up. It has nothing
// of the text about sources that nobody has set up.
func TestErrorsOfTheStandardChain(t *testing.T) {
	for name, c := range map[string]struct {
		setUp func(t *testing.T, home string)
		want  string
	}{
		"nothing is set up": {
			setUp: func(*testing.T, string) {},
			want: "no access key is set up: the account has no credentials section, ALIBABA_CLOUD_ACCESS_KEY_ID is not set, " +
				"and there is neither a profile nor a RAM role of this host",
		},
		"OIDC without its token file": {
			setUp: func(t *testing.T, _ string) {
				t.Setenv("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ack")
				t.Setenv("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/ota")
			},
			want: "no access key is set up: the account has no credentials section, ALIBABA_CLOUD_ACCESS_KEY_ID is not set, " +
				"and there is neither a profile nor a RAM role of this host; OIDC also needs ALIBABA_CLOUD_OIDC_TOKEN_FILE",
		},
		"half a pair in the environment": {
			setUp: func(t *testing.T, _ string) { t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id") },
			want:  "default provider chain: ALIBABA_CLOUD_ACCESS_KEY_ID is set, but ALIBABA_CLOUD_ACCESS_KEY_SECRET is not",
		},
		"quotes in the environment, as in a file for containers": {
			setUp: func(t *testing.T, _ string) {
				t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
				t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", `"secret"`)
			},
			want: "default provider chain: ALIBABA_CLOUD_ACCESS_KEY_SECRET has a blank, a quote, a line break",
		},
		"single quotes in the environment": {
			setUp: func(t *testing.T, _ string) {
				t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "'id'")
				t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
			},
			want: "default provider chain: ALIBABA_CLOUD_ACCESS_KEY_ID has a blank, a quote, a line break",
		},
		"a blank behind the token in the environment": {
			setUp: func(t *testing.T, _ string) {
				t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.id")
				t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
				t.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "token ")
			},
			want: "default provider chain: ALIBABA_CLOUD_SECURITY_TOKEN has a blank, a quote, a line break",
		},
		"a line end in the environment": {
			setUp: func(t *testing.T, _ string) {
				t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
				t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret\r\n")
			},
			want: "default provider chain: ALIBABA_CLOUD_ACCESS_KEY_SECRET has a blank, a quote, a line break",
		},
		"a profile without a section": {
			setUp: func(t *testing.T, home string) {
				writeFile(t, filepath.Join(home, ".alibabacloud", "credentials"), "[other]\ntype = access_key\n")
			},
			want: "default provider chain: ERROR: Can not load section",
		},
		"a credentials URI that cannot be asked": {
			setUp: func(t *testing.T, _ string) { t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", "nothing://speaks.this") },
			want:  `default provider chain: call nothing://speaks.this: unsupported protocol scheme "nothing"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.setUp(t, bareEnvironment(t))
			_, err := New(Config{}, nil).Keys(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			for _, ofTheSDK := range []string{"environment variables, ", "aliyun cli config", "Can not open file", "metadata", "role name", "IMDS"} {
				if strings.Contains(err.Error(), ofTheSDK) {
					t.Errorf("%q in the error: %v", ofTheSDK, err)
				}
			}
		})
	}
}

// The metadata service is not there, or has no role: both are the same as no role.
func TestHostsWithoutARole(t *testing.T) {
	for _, text := range []string{
		"get role name failed: GET http://100.100.100.200/latest/meta-data/ram/security-credentials/ 404",
		`get role name failed: Get "http://100.100.100.200/latest/meta-data/ram/security-credentials/": dial tcp 100.100.100.200:80: i/o timeout`,
		`get metadata token failed: Put "http://100.100.100.200/latest/api/token": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
	} {
		for _, failed := range []string{text, "IMDS credentials is disabled, " + text, text + ", the CLI profile is disabled"} {
			if got := publicChainError(failed).Error(); !strings.HasPrefix(got, "no access key is set up: ") {
				t.Errorf("%s: %s", failed, got)
			}
		}
		if got := publicChainError(text + ", get credentials from GET http://uri failed: <answer>").Error(); got != "default provider chain: http://uri answers with an error" {
			t.Errorf("%s and a failing URI: %s", text, got)
		}
	}
}
