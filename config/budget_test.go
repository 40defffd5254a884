package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// Credentials show whether two entries are the same main account. Each entry may make 6
// requests/s, so two entries of one account exceed the limit.
func TestSharedBudget(t *testing.T) {
	const (
		pair  = "access_key_id: LTAIexample, access_key_secret: "
		other = "access_key_id: LTAIanother, access_key_secret: "
		role  = "role_arn: 'acs:ram::1234567890123456:role/%s'"
		oidc  = "oidc_provider_arn: 'acs:ram::1234567890123456:oidc-provider/ack', oidc_token_file: testdata/good/secret"
	)
	reader, writer := fmt.Sprintf(role, "reader"), fmt.Sprintf(role, "writer")
	elsewhere := strings.Replace(reader, "1234567890123456", "12345678901234567", 1)
	for _, c := range []struct{ name, first, second, want string }{
		{"one access key", pair + "x", pair + "y", "the same access_key_id as in"},
		{"one access key, once with a token", pair + "x", pair + "x, security_token: x", "the same access_key_id as in"},
		{"one role", pair + "x, " + reader, other + "x, " + reader, "a role of the same main account as in"},
		{"two roles of one main account", pair + "x, " + reader, pair + "x, " + writer, "a role of the same main account as in"},
		{"one role by a key pair and by OIDC", pair + "x, " + reader, oidc + ", " + reader, "a role of the same main account as in"},
		{"one role with an invalid ARN", pair + "x, role_arn: reader", other + "x, role_arn: reader", "a role of the same main account as in"},
		{"one role of the host", "ecs_ram_role: reader", "ecs_ram_role: reader", "the same ecs_ram_role as in"},
		{"one credentials URI", "credentials_uri: 'http://a/b?c=d'", "credentials_uri: 'http://a/b?c=d'", "the same credentials_uri as in"},
		{"the default provider chain", "", "", "no credentials, as in"},

		{"two access keys with one secret", pair + "x", other + "x", ""},
		{"an access key and a role that it assumes", pair + "x", pair + "x, " + reader, ""},
		{"one access key for roles of two main accounts", pair + "x, " + reader, pair + "x, " + elsewhere, ""},
		{"two roles with invalid ARNs", pair + "x, role_arn: reader", pair + "x, role_arn: writer", ""},
		{"two roles of the host", "ecs_ram_role: reader", "ecs_ram_role: writer", ""},
		{"two credentials URIs", "credentials_uri: 'http://a/b?c=d'", "credentials_uri: 'http://a/b?c=e'", ""},
		{"an access key and the default provider chain", pair + "x", "", ""},
		{"a role of the host and an access key of the same name", "ecs_ram_role: LTAIexample", pair + "x", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			parsed, err := config.Parse(strings.NewReader(entries("6 "+c.first, "6 "+c.second)))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want == "" && len(parsed.Warnings) > 0:
				t.Errorf("warnings %q", parsed.Warnings)
			case c.want == "":
			case err == nil || !strings.Contains(err.Error(), "accounts[1].credentials: "+c.want+" accounts[0] (line 2), so they share one rate budget and together make up to 12 requests/s"):
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// Entries that share a budget give a warning if they stay within the API's limit together,
// else an error. An entry is not compared if its credentials or its rate are invalid.
func TestSumOfBudgets(t *testing.T) {
	const (
		key, another = "access_key_id: LTAIexample, access_key_secret: x", "access_key_id: LTAIanother, access_key_secret: x"
		cure         = "; merge them into one entry, where each instance may have its own region"
	)
	for _, c := range []struct {
		name    string
		entries []string
		want    []string // starts of the lines of the error, or else all warnings
		bad     bool
	}{
		{"one entry with all of it", []string{"10 " + key}, nil, false},
		{"two with the lowest rate", []string{"1 " + key, "1 " + key}, []string{
			"line 7: accounts[1].credentials: the same access_key_id as in accounts[0] (line 2), so they share one rate budget and together make up to 2 requests/s, within the API's limit of 10" + cure,
		}, false},
		{"two with the default rate", []string{" ", " "}, []string{
			"line 5: accounts[1].credentials: no credentials, as in accounts[0] (line 2), so they share one rate budget and together make up to 10 requests/s, within the API's limit of 10" + cure,
		}, false},
		{"three", []string{"4 " + key, "4 " + key, "3 " + key}, []string{
			"line 10: accounts[2].credentials: the same access_key_id as in accounts[0] (line 2) and accounts[1] (line 5), so they share one rate budget and together make up to 11 requests/s, over the API's limit of 10" +
				cure + ", or lower requests_per_second",
		}, true},
		{"two budgets at once", []string{"6 " + key, "7 " + another, "6 " + another, "7 " + key}, []string{
			"line 10: accounts[2].credentials: the same access_key_id as in accounts[1] (line 5), so they share one rate budget and together make up to 13 ",
			"line 13: accounts[3].credentials: the same access_key_id as in accounts[0] (line 2), so they share one rate budget and together make up to 13 ",
		}, true},
		{"a missing secret file", []string{"6 " + key, "6 access_key_id: LTAIexample, access_key_secret_file: ./none"}, []string{
			"line 7: accounts[1].credentials.access_key_secret_file: read ./none: ",
			"line 7: accounts[1].credentials: the same access_key_id as in accounts[0] (line 2), so they share one rate budget and together make up to 12 ",
		}, true},
		{"a rate that is not a number", []string{"x " + key, "10 " + key}, []string{"line 3: accounts[0].requests_per_second: not a whole number"}, true},
		{"a rate over the limit", []string{"11 " + key, "10 " + key}, []string{"line 3: accounts[0].requests_per_second: not between 1 and 10"}, true},
		{"an empty access key", []string{"10 ", "10 access_key_id: ''"}, []string{"line 7: accounts[1].credentials.access_key_id: empty"}, true},
		{"a misspelt credentials key", []string{"10 ", "10 acces_key_id: LTAIexample"}, []string{"line 7: accounts[1].credentials.acces_key_id: unknown key"}, true},
		{"a misspelt credentials key in the first entry", []string{"10 acces_key_id: LTAIexample", "10 "}, []string{"line 4: accounts[0].credentials.acces_key_id: unknown key"}, true},
		{"credentials of two kinds", []string{"10 " + key, "10 " + key + ", ecs_ram_role: reader"}, []string{"line 7: accounts[1].credentials: access_key_id and ecs_ram_role are different"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			parsed, err := config.Parse(strings.NewReader(entries(c.entries...)))
			if !c.bad {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, parsed.Warnings); diff != "" {
					t.Errorf("warnings (-want +got):\n%s", diff)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(c.want) {
				t.Fatalf("got %d errors, want %d:\n%v", len(lines), len(c.want), err)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("got  %s\nwant %s", lines[i], want)
				}
			}
		})
	}
}

// The order of the warnings about one line is that of the entries.
func TestBudgetsInOneLine(t *testing.T) {
	var accounts []string
	for i := range 20 {
		accounts = append(accounts, fmt.Sprintf("{name: a%d, region: cn-shanghai, credentials: {access_key_id: key%d, access_key_secret: x}, instances: [{jobs: [j]}]}", i, i/2))
	}
	c, err := config.Parse(strings.NewReader("accounts: [" + strings.Join(accounts, ", ") + "]"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 10 {
		t.Fatalf("%d warnings, want 10", len(c.Warnings))
	}
	for i, warning := range c.Warnings {
		if want := fmt.Sprintf("line 1: accounts[%d].credentials: ", 2*i+1); !strings.HasPrefix(warning, want) {
			t.Errorf("warning %d is %s", i, warning)
		}
	}
}

// entries returns a file with these accounts. Each argument is the requests_per_second of an
// account, a space and its credentials. Empty parts are omitted.
func entries(accounts ...string) string {
	var b strings.Builder
	b.WriteString("accounts:\n")
	for i, account := range accounts {
		rate, credentials, _ := strings.Cut(account, " ")
		fmt.Fprintf(&b, "  - {name: a%d, region: cn-shanghai, instances: [{jobs: [j]}],\n     ", i)
		if rate != "" {
			fmt.Fprintf(&b, "requests_per_second: %s,", rate)
		}
		b.WriteString("\n     ")
		if credentials != "" {
			fmt.Fprintf(&b, "credentials: {%s}", credentials)
		}
		b.WriteString("}\n")
	}
	return b.String()
}
