package dashboards_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// chineseFiles is the pattern of the Chinese dashboards.
const chineseFiles = "../deploy/grafana/zh-CN/*.json"

// technical are the fields with strings of the author's choice that no reader sees. The other
// fields of this kind show text.
var technical = []string{"expr", "query", "uid", "type", "id", "refId", "unit", "url", "regex", "refresh", "step", "timezone",
	"from", "to", "tags", "icon", "iconColor", "color", "fixedColor", "group", "calcs", "alias", "left", "right", "value", "allValue"}

// No string that a Chinese dashboard shows is English. Names such as Prometheus are names that
// its other texts use.
func TestChineseDashboardsShowChinese(t *testing.T) {
	known := readKnown(t)
	for _, file := range glob(t, chineseFiles) {
		var shown []string
		walk("dashboard", decoded(t, file), func(path string, value any) {
			text, is := value.(string)
			if strings.HasSuffix(path, ".expr") {
				for _, found := range inQuery.FindAllStringSubmatch(text, -1) {
					shown = append(shown, found[1])
				}
			}
			isChoice := strings.HasPrefix(path, "variable.current") || strings.HasSuffix(path, ".name") && strings.HasPrefix(path, "variable")
			if is && !isChoice && known.isFree(path) && (strings.Contains(path, ".renameByName.") || !slices.Contains(technical, path[strings.LastIndex(path, ".")+1:])) {
				shown = append(shown, text)
			} else if is && translation.HasHan(text) && !strings.HasSuffix(path, ".expr") {
				t.Errorf("%s has %q at %s, where English would not be found", file, text, path)
			}
		})
		if len(shown) < 100 {
			t.Errorf("%s shows only %d texts", file, len(shown))
		}
		names := translation.NamesIn(shown...)
		for _, text := range shown {
			if names.LeftInEnglish(text) {
				t.Errorf("%s shows %q", file, text)
			}
		}
	}
}

// inQuery is a text that a query puts into a column.
var inQuery = regexp.MustCompile(`"\w+", "([^"$]+)", "\w*", "\d*"\)`)

// isFree reports whether the author of a dashboard may write any text into a field.
func (k known) isFree(path string) bool {
	values := k.values(path)
	return slices.Contains(values, "string") || slices.Contains(values, "any")
}

func decoded(t *testing.T, file string) (model any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &model); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return model
}
