package target_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// Two entries share slots exactly when the configuration warns that they are one account.
func TestEntriesOfOneAccountShareSlots(t *testing.T) {
	const keys = ", access_key_secret: secret"
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("token"), 0o600); err != nil {
		t.Fatal(err)
	}
	oidc := "oidc_provider_arn: provider, oidc_token_file: '" + token + "', role_arn: "
	for _, first := range []string{
		"access_key_id: id-1" + keys,
		"access_key_id: id-1, access_key_secret: another",
		"access_key_id: id-2" + keys,
		"access_key_id: id-1" + keys + ", security_token: token",
		"access_key_id: id-1" + keys + ", role_arn: 'acs:ram::1234567890123456:role/a'",
		"access_key_id: id-2" + keys + ", role_arn: 'acs:ram::1234567890123456:role/b'",
		"access_key_id: id-1" + keys + ", role_arn: 'acs:ram::6543210987654321:role/a'",
		"access_key_id: id-1" + keys + ", role_arn: somewhere else",
		oidc + "'acs:ram::1234567890123456:role/a'",
		"ecs_ram_role: a",
		"ecs_ram_role: b",
		"credentials_uri: 'http://127.0.0.1/a'",
		"credentials_uri: 'http://127.0.0.1/b'",
		"",
	} {
		for _, second := range []string{
			"access_key_id: id-1" + keys,
			"access_key_id: id-2, access_key_secret: another",
			"access_key_id: id-3" + keys + ", role_arn: 'acs:ram::1234567890123456:role/c'",
			"access_key_id: id-3" + keys + ", role_arn: somewhere else",
			oidc + "'acs:ram::6543210987654321:role/a'",
			"ecs_ram_role: a",
			"credentials_uri: 'http://127.0.0.1/a'",
			"",
		} {
			var text strings.Builder
			text.WriteString("accounts:\n")
			for i, credentials := range []string{first, second} {
				fmt.Fprintf(&text, "  - {name: a%d, region: cn-shanghai, credentials: {%s}, instances: [{jobs: [j]}]}\n", i, credentials)
			}
			parsed, err := config.Parse(strings.NewReader(strings.ReplaceAll(text.String(), "credentials: {}, ", "")))
			if err != nil {
				t.Fatalf("%v\n%s", err, &text)
			}
			warned := strings.Contains(strings.Join(parsed.Warnings, "\n"), "share one rate budget")
			watched := target.FromConfig(parsed)
			identity := func(i int) credentials.Identity {
				return watched.Accounts[i].Credentials.Identity()
			}
			if same := identity(0) == identity(1); same != warned {
				t.Errorf("{%s} and {%s}: the same slots: %v; a warning: %v", first, second, same, warned)
			}
		}
	}
}
