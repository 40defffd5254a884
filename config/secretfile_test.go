package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// An invalid secret is reported before Alibaba Cloud rejects its signature. White space around
// it is harmless, because the client trims it.
func TestContentOfSecretFiles(t *testing.T) {
	const mark, lines, character = "the file starts with a byte order mark; save it", "more than one line; write nothing but", "the file contains a space or another character that is never part of a key; write nothing but"
	for _, c := range []struct{ name, content, want string }{
		{"nothing else", planted, ""},
		{"a line break at the end", planted + "\n", ""},
		{"a line break of Windows at the end", planted + "\r\n", ""},
		{"white space around it", "\n\t " + planted + " \n\n", ""},
		{"all characters that a key may have", allPrintable(), ""},
		{"the mark of UTF-8", "\ufeff" + planted, mark},
		{"the mark of UTF-8 after a line break", "\n\ufeff" + planted, mark},
		{"nothing but the mark", "\ufeff\n", mark},
		{"UTF-16 as PowerShell writes it", "\xff\xfe" + strings.Join(strings.Split(planted+"\r\n", ""), "\x00") + "\x00", mark},
		{"big-endian UTF-16", "\xfe\xff\x00" + strings.Join(strings.Split(planted, ""), "\x00"), mark},
		{"the mark at the end", planted + "\ufeff", character},
		{"UTF-16 without the mark", strings.Join(strings.Split(planted, ""), "\x00"), character},
		{"a mask", "******\n", "part of the secret is masked; write the whole secret"},
		{"a partial mask", planted[:4] + "****", "part of the secret is masked; write the whole secret"},
		{"two lines", "LTAIexample\n" + planted + "\n", lines},
		{"two lines of Windows", planted + "\r\n" + planted, lines},
		{"two lines of an old Mac", planted + "\r" + planted, lines},
		{"quotes around it", `"` + planted + "\"\n", "the secret is in quotes; write it into the file without them"},
		{"single quotes around it", "'" + planted + "'", "the secret is in quotes; write it into the file without them"},
		{"a space", planted + " " + planted, character},
		{"a tab", planted + "\t" + planted, character},
		{"a non-breaking space", planted + "\u00a0" + planted, character},
		{"a zero-width space", planted + "\u200b", character},
		{"a control character", planted + "\x7f", character},
		{"a letter that is not ASCII", "é" + planted, character},
		{"a byte that is not UTF-8", planted + "\xff", character},
	} {
		t.Run(c.name, func(t *testing.T) {
			secret := filepath.Join(t.TempDir(), "secret")
			if err := os.WriteFile(secret, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			for key, credentials := range map[string]string{
				"access_key_secret_file": "access_key_id: LTAIexample, access_key_secret_file: %q",
				"security_token_file":    "access_key_id: LTAIexample, access_key_secret: x, security_token_file: %q",
				"oidc_token_file":        "oidc_provider_arn: x, role_arn: x, oidc_token_file: %q",
			} {
				err := parseAccount(fmt.Sprintf(credentials, secret))
				if c.want == "" {
					if err != nil {
						t.Errorf("%s: %v", key, err)
					}
					continue
				}
				if want := fmt.Sprintf("accounts[0].credentials.%s: read %s: %s", key, secret, c.want); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: got %v, want %s", key, err, want)
				} else if strings.Contains(err.Error(), planted) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: the message shows the content: %v", key, err)
				}
			}
		})
	}
}

// White space is not trimmed from keys in the configuration itself, so it is an error.
func TestKeysInTheConfiguration(t *testing.T) {
	for _, key := range []string{"access_key_id", "access_key_secret", "security_token"} {
		t.Run(key, func(t *testing.T) {
			with := func(value string) error {
				values := map[string]string{"access_key_id": "LTAIexample", "access_key_secret": "x", "security_token": "x"}
				values[key] = value
				return parseAccount(fmt.Sprintf("access_key_id: %q, access_key_secret: %q, security_token: %q",
					values["access_key_id"], values["access_key_secret"], values["security_token"]))
			}
			all := allPrintable()
			if key == "access_key_id" { // where an asterisk is a mask
				all = strings.Replace(all, "*", "", 1)
			}
			if err := with(all); err != nil {
				t.Errorf("all characters that a key may have: %v", err)
			}
			for _, value := range []string{" " + planted, planted + "\n", planted + " " + planted, planted + "\t", "\ufeff" + planted, planted + "é", planted + "\u200b", " "} {
				want := "accounts[0].credentials." + key + ": contains a space, a line break or another character that is never part of a key; copy the value again"
				if err := with(value); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%q: got %v, want %s", value, err, want)
				} else if strings.Contains(err.Error(), planted) {
					t.Errorf("%q: the message shows it: %v", value, err)
				}
			}
		})
	}
}

// Check accepts a missing secret file, which may be on another machine, but not an invalid
// one.
func TestCheckWithoutTheSecretFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"two-lines": planted + "\n" + planted, "empty": "", "good": planted} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, want, wrong string }{
		{"a valid file", "./good", "", ""},
		{"a missing file", "/run/secrets/none", "read /run/secrets/none: no such file or directory; give the path of a file that the exporter's user can read", ""},
		{"a relative path", "./none", "read ./none: no such file or directory; relative paths start at the directory of the configuration file", ""},
		{"a missing folder", "./none/secret", "read ./none/secret: no such file or directory", ""},
		{"a folder that is a file", "./good/secret", "read ./good/secret: not a directory", ""},
		{"a link to nothing", "./dangling", "read ./dangling: no such file or directory", ""},
		{"perhaps the secret itself", planted, "read the given file: no such file or directory", ""},
		{"a folder", ".", "", "read .: is a directory"},
		{"an empty file", "./empty", "", "read ./empty: the file is empty"},
		{"a file of two lines", "./two-lines", "", "read ./two-lines: more than one line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for key, credentials := range map[string]string{
				"access_key_secret_file": "access_key_id: LTAIexample, access_key_secret_file: %q",
				"security_token_file":    "access_key_id: LTAIexample, access_key_secret: x, security_token_file: %q",
				"oidc_token_file":        "oidc_provider_arn: x, role_arn: x, oidc_token_file: %q",
			} {
				path := filepath.Join(dir, "config.yml")
				text := withCredentials(fmt.Sprintf(credentials, c.file))
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				place := "line 4: accounts[0].credentials." + key + ": "
				_, loading := config.Load(path)
				checked, checking := config.Check(path)
				if c.wrong != "" {
					for what, err := range map[string]error{"Load": loading, "Check": checking} {
						if err == nil || !strings.Contains(err.Error(), place+c.wrong) {
							t.Errorf("%s: got %v, want %s", what, err, c.wrong)
						}
					}
					continue
				}
				if checking != nil {
					t.Fatal(checking)
				}
				if c.want == "" {
					if len(checked.Warnings) > 0 || loading != nil {
						t.Errorf("warnings %q, Load: %v", checked.Warnings, loading)
					}
					continue
				}
				if len(checked.Warnings) != 1 || !strings.HasPrefix(checked.Warnings[0], place+c.want) || !strings.HasSuffix(checked.Warnings[0], "does not start without this file on the machine where it runs") {
					t.Errorf("warnings %q, want %s", checked.Warnings, c.want)
				}
				if strings.Contains(strings.Join(checked.Warnings, ""), planted) {
					t.Errorf("the secret is in %q", checked.Warnings)
				}
				if loading == nil || !strings.Contains(loading.Error(), place+c.want) {
					t.Errorf("Load: got %v, want %s", loading, c.want)
				}
			}
		})
	}
}

// allPrintable returns all printable ASCII characters except the space.
func allPrintable() string {
	var b strings.Builder
	for c := '!'; c <= '~'; c++ {
		b.WriteRune(c)
	}
	return b.String()
}

// parseAccount parses the smallest file with credentials.
func parseAccount(credentials string) error {
	_, err := config.Parse(strings.NewReader(withCredentials(credentials)))
	return err
}

// withCredentials returns the smallest file with credentials in line 4.
func withCredentials(credentials string) string {
	return strings.Replace(config.Smallest, "    instances:", "    credentials: {"+credentials+"}\n    instances:", 1)
}
