package config_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// No verb, flag or encoding prints a secret. The type unexported is among the values because
// fmt does not call the methods of unexported fields.
func TestSecretIsNeverPrinted(t *testing.T) {
	type unexported struct{ credentials config.Credentials }
	s := config.NewSecret(planted)
	c := config.Credentials{AccessKeySecret: s, SecurityToken: s}
	for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
		for _, flags := range []string{"", "+", "#", "-20", "020", ".3", " "} {
			format := "%" + flags + string(verb)
			// %T and %p print the type and the address of anything.
			if got := fmt.Sprintf(format, s); got != "<secret>" && verb != 'T' && verb != 'p' {
				t.Errorf("%s of a secret is %q", format, got)
			}
			for _, v := range []any{s, &s, c, &c, []config.Secret{s}, map[string]any{"a": s}, unexported{c}, &unexported{c}, []unexported{{c}}} {
				text := fmt.Sprintf(format, v)
				// %x and %X would show it in hexadecimal.
				if strings.Contains(text, planted) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", planted)) {
					t.Errorf("%s of a %T shows it: %s", format, v, text)
				}
			}
		}
	}
	if got := s.String(); got != "<secret>" {
		t.Errorf("String is %q", got)
	}

	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if back["AccessKeySecret"] != "<secret>" {
		t.Errorf("JSON is %s", text)
	}
	text, err = yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "access_key_secret: <secret>\n") {
		t.Errorf("YAML is %s", text)
	}
}

// Only Reveal returns the text. The zero value means that there is none.
func TestReveal(t *testing.T) {
	if got := config.NewSecret(planted).Reveal(); got != planted {
		t.Errorf("got %q", got)
	}
	if got := (config.Secret{}).Reveal(); got != "" {
		t.Errorf("the zero value reveals %q", got)
	}
	if config.NewSecret("") != (config.Secret{}) {
		t.Error("an empty text is not the zero value")
	}
}
