package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The planted secrets. Each begins and ends with letters that no encoding of a
// URL or of JSON changes, has in between what each of them does change, and
// is one that an HTTP header can carry.
const (
	plantedSecret   = `hideSecretHead/+=&"<\%éhideSecretTail`
	plantedToken    = `hideTokenHead/+=&"<\%hideTokenTail`
	plantedURI      = `hideUriHead%2F%2B%3DhideUriTail`
	plantedProcess  = `hideProcessHead/+=hideProcessTail`
	plantedPassword = `hidePasswordHead-hidePasswordTail`
	plantedMistake  = `hideWeb` // a password in the wrong place; YAML quotes no more than seven letters
	// hashOfPassword is at bcrypt's lowest cost.
	hashOfPassword = `$2a$04$1TDEBdeQIgPd7jyd2YeB1O9ZkDtoGyxBhJFgQOCJ4TjsXHDB55mgW`
)

// signatures are of calls that were made: 64 digits, behind an equals sign.
var signatures = regexp.MustCompile(`signature(=|%3d|%253d|\\u003d)[0-9a-f]{8}`)

// leaks names what is found of the planted secrets in an output: the end of
// one is enough.
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

// forms are the ways in which a part of a secret can stand in a text. In
// base64 that depends on how many bytes are before it.
func forms(part string) map[string]string {
	all := map[string]string{"as it is": part, "in hexadecimal": hex.EncodeToString([]byte(part))}
	for before := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", before) + part))
		all[fmt.Sprintf("in base64 after %d bytes", before)] = encoded[(before*8+5)/6 : (before+len(part))*8/6]
	}
	return all
}

// The needles must find what they are for.
func TestLeaks(t *testing.T) {
	for name, output := range map[string]string{
		"as it is":          "err=" + plantedSecret,
		"cut":               "err=" + plantedSecret[:20],
		"its end":           plantedToken[12:],
		"in lower case":     strings.ToLower(plantedURI),
		"basic auth":        basic("prometheus:" + plantedPassword),
		"basic auth, moved": basic("root:" + plantedPassword),
		"in hexadecimal":    fmt.Sprintf("%X", plantedProcess),
		"a signature":       "Credential=LTAI,Signature=0123456789abcdef",
	} {
		if len(leaks(output)) == 0 {
			t.Errorf("%s: nothing is found in %s", name, output)
		}
	}
	if found := leaks("Signature=<secret> hidden Secret"); found != nil {
		t.Errorf("%v is found where nothing is", found)
	}
}
