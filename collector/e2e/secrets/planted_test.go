package secrets_test

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

// The planted secrets. The head and the tail of each are letters, which no encoding of
// URLs or of JSON changes; between them is what each encoding does change. An HTTP
// header can carry each.
const (
	plantedSecret   = `hideSecretHead/+=&"<\%~hideSecretTail`
	plantedToken    = `hideTokenHead/+=&"<\%hideTokenTail`
	plantedURI      = `hideUriHead%2F%2B%3DhideUriTail`
	plantedProcess  = `hideProcessHead/+=hideProcessTail`
	plantedPassword = `hidePasswordHead-hidePasswordTail`
	plantedMistake  = `hideWeb` // a password in the wrong place; short, because YAML's errors quote only seven letters
	// hashOfPassword is that of plantedPassword, at bcrypt's lowest cost.
	hashOfPassword = `$2a$04$1TDEBdeQIgPd7jyd2YeB1O9ZkDtoGyxBhJFgQOCJ4TjsXHDB55mgW`
)

// signatures match that of any call, in lower case: 64 hexadecimal digits or, with v1,
// 28 of base64, perhaps escaped.
var signatures = regexp.MustCompile(`signature(=|%3d|%253d|\\u003d)[0-9a-z%+/]{8}`)

// leaks names the planted secrets of which an output contains a part. The head or the
// tail is enough, because outputs may be cut.
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

// forms are the spellings in which a text can contain a part of a secret. In base64
// there are three, depending on how many bytes come before the part.
func forms(part string) map[string]string {
	all := map[string]string{"as it is": part, "in hexadecimal": hex.EncodeToString([]byte(part))}
	for before := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", before) + part))
		// Only characters that encode nothing but the part: 6 bits each.
		all[fmt.Sprintf("in base64 after %d bytes", before)] = encoded[(before*8+5)/6 : (before+len(part))*8/6]
	}
	return all
}

// The search must find what it is for, or the tests that rely on it could not fail.
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
			t.Errorf("%s: nothing is found in %s", name, output)
		}
	}
	if found := leaks("Signature=<secret> hidden Secret"); found != nil {
		t.Errorf("%v is found where nothing is", found)
	}
}

// programWithSecrets is the program in an environment that holds secrets, and nothing
// of this machine's. It is a process of its own because libraries also write to the
// process's stdout and stderr, not only where run is told to.
func programWithSecrets(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".aliyun"), 0o700); err != nil {
		t.Fatal(err)
	}
	// A profile whose keys come from an external program, of which the answer is a secret.
	exportertest.WriteFile(t, filepath.Join(home, ".aliyun", "config.json"),
		`{"current":"p","profiles":[{"name":"p","mode":"External","process_command":"echo `+plantedProcess+`"}]}`)
	cmd := exportertest.Command(t, args...)
	// DEBUG makes credentials-go talkative, and the proxy's password is in errors of net/http.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "ALIBABA_CLOUD_ECS_METADATA_DISABLED=true",
		"DEBUG=credential", "HTTP_PROXY=http://proxy:" + plantedPassword + "@127.0.0.1:9"}
	return cmd
}

// printed is all that such a program writes until it ends by itself, with or without
// an error.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	text, err := programWithSecrets(t, args...).CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	return string(text)
}
