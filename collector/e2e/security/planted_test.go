package security_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// The secrets that the tests look for. Each begins and ends with letters, which no encoding
// of URLs or JSON changes. The characters between them change in every encoding. All are
// valid in an HTTP header.
const (
	plantedSecret   = `hideSecretHead/+=&"<\%~hideSecretTail`
	plantedToken    = `hideTokenHead/+=&"<\%hideTokenTail`
	plantedURI      = `hideUriHead%2F%2B%3DhideUriTail`
	plantedProcess  = `hideProcessHead/+=hideProcessTail`
	plantedPassword = `hidePasswordHead-hidePasswordTail`
	plantedMistake  = `hideWeb` // a password in the wrong place; errors of YAML quote only seven letters
	// hashOfPassword is the hash of plantedPassword, at the lowest cost that bcrypt has.
	hashOfPassword = `$2a$04$1TDEBdeQIgPd7jyd2YeB1O9ZkDtoGyxBhJFgQOCJ4TjsXHDB55mgW`
)

// signatures matches the signature of any call in lower case: 64 hexadecimal digits or, for
// v1, 28 characters of base64, which may be escaped.
var signatures = regexp.MustCompile(`signature(=|%3d|%253d|\\u003d)[0-9a-z%+/]{8}`)

// leaks returns the secrets of which an output contains the beginning or the end. Outputs
// may be cut, so a part is enough.
func leaks(output string) (found []string) {
	output = strings.ToLower(output)
	for _, part := range []string{"hideSecretHead", "hideSecretTail", "hideTokenHead", "hideTokenTail", "hideUriHead", "hideUriTail",
		"hideProcessHead", "hideProcessTail", "hidePasswordHead", "hidePasswordTail", plantedMistake} {
		for form, text := range forms(part) {
			if strings.Contains(output, strings.ToLower(text)) {
				found = append(found, part+" "+form)
			}
		}
	}
	if signatures.MatchString(output) {
		found = append(found, "a signature")
	}
	if strings.Contains(output, strings.ToLower(hashOfPassword)) {
		found = append(found, "the hash of the password")
	}
	slices.Sort(found)
	return found
}

// forms returns the encodings in which a text can contain a part of a secret. There are
// three for base64, because the number of bytes before the part matters.
func forms(part string) map[string]string {
	all := map[string]string{"as it is": part, "in hexadecimal": hex.EncodeToString([]byte(part))}
	for before := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", before) + part))
		// Only those characters, of 6 bits each, that encode nothing but the part.
		all[fmt.Sprintf("in base64 after %d bytes", before)] = encoded[(before*8+5)/6 : (before+len(part))*8/6]
	}
	return all
}

// leaks finds secrets in every encoding. Otherwise the tests that use it could not fail.
func TestLeaks(t *testing.T) {
	for name, output := range map[string]string{
		"as it is":          "err=" + plantedSecret,
		"cut":               "err=" + plantedSecret[:20],
		"its end":           plantedToken[12:],
		"in lower case":     strings.ToLower(plantedURI),
		"basic auth":        exportertest.BasicAuthHeader("prometheus:" + plantedPassword),
		"basic auth, moved": exportertest.BasicAuthHeader("root:" + plantedPassword),
		"in hexadecimal":    fmt.Sprintf("%X", plantedProcess),
		"a signature":       "Credential=LTAI,Signature=0123456789abcdef",
		"a signature of v1": "&Signature=WJN0Ee8%2BX6pogcD3loLHIqQNEN0%3D",
	} {
		if len(leaks(output)) == 0 {
			t.Errorf("%s: no secret is found in %s", name, output)
		}
	}
	if found := leaks("Signature=<secret> hidden Secret"); found != nil {
		t.Errorf("%v is found in a text without secrets", found)
	}
}

// programWithSecrets is the program with an environment that has secrets and nothing of
// the environment of the test. It is a process of its own because libraries write to the
// stdout and stderr of the process.
func programWithSecrets(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".aliyun"), 0o700); err != nil {
		t.Fatal(err)
	}
	// A profile whose keys come from an external program. Its output is a secret.
	exportertest.WriteFile(t, filepath.Join(home, ".aliyun", "config.json"),
		`{"current":"p","profiles":[{"name":"p","mode":"External","process_command":"echo `+plantedProcess+`"}]}`)
	cmd := exportertest.Command(t, args...)
	// DEBUG makes credentials-go log more. Errors of net/http contain the password of the proxy.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "ALIBABA_CLOUD_ECS_METADATA_DISABLED=true",
		"DEBUG=credential", "HTTP_PROXY=http://proxy:" + plantedPassword + "@127.0.0.1:9"}
	return cmd
}

// printed returns the whole output of [programWithSecrets] with arguments with which it ends
// by itself, with or without an error.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	text, err := programWithSecrets(t, args...).CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	return string(text)
}
