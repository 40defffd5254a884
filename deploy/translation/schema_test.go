package translation_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// A Chinese schema accepts what the English one does. Its address is its own.
func TestSchemasDifferInTextsAlone(t *testing.T) {
	made := generate(t)
	compared := 0
	for _, a := range made.Artefacts {
		if matched, _ := filepath.Match("deploy/*.schema.json", a.Source); !matched {
			continue
		}
		compared++
		var en, zh map[string]any
		for text, into := range map[string]*map[string]any{repository.Read(t, a.Source): &en, string(made.Files[a.Output]): &zh} {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				t.Fatalf("%s: %v", a.Output, err)
			}
		}
		if en["$id"] == zh["$id"] {
			t.Errorf("%s has the address %s", a.Output, zh["$id"])
		}
		delete(en, "$id")
		delete(zh, "$id")
		if difference := cmp.Diff(withoutTexts(t, en, false), withoutTexts(t, zh, true)); difference != "" {
			t.Errorf("%s differs from %s in more than texts: %s", a.Output, a.Source, difference)
		}
	}
	if compared < 2 {
		t.Errorf("%d schemas", compared)
	}
}

// withoutTexts removes what editors show, and demands Chinese texts.
func withoutTexts(t *testing.T, value any, chinese bool) any {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			text, is := inner.(string)
			switch {
			case is && (slices.Contains([]string{"title", "description", "errorMessage", "patternErrorMessage"}, name)):
				if chinese && translation.IsProse(text) && !translation.HasHan(text) {
					t.Errorf("%q is not Chinese", text)
				}
				delete(value, name)
			default:
				value[name] = withoutTexts(t, inner, chinese)
			}
		}
	case []any:
		for i := range value {
			value[i] = withoutTexts(t, value[i], chinese)
		}
	}
	return value
}
