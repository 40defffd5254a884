package translation_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// A Chinese dashboard differs from the English one in what it shows, and in nothing else.
func TestDashboardsDifferInTextsAlone(t *testing.T) {
	texts := regexp.MustCompile(`/(title|description|label|noValue|text|legendFormat|titleFormat|textFormat|displayName|name|tooltip)$|/renameByName/[^/]+$|/matcher/options$`)
	constant := regexp.MustCompile(`("\w+", ")[^"]+(", "", ""\))`)
	for file, pair := range dashboards(t) {
		var en, zh []string
		collect := func(into *[]string) func(string, any) {
			return func(path string, value any) {
				text, is := value.(string)
				switch {
				case is && texts.MatchString(path):
					value = "text"
				case is && strings.HasSuffix(path, "/expr"):
					value = constant.ReplaceAllString(text, "$1$2")
				case is:
					value = strings.Replace(text, "/deploy/runbooks/zh-CN/", "/deploy/runbooks/", 1)
				}
				*into = append(*into, fmt.Sprintf("%s %v", path, value))
			}
		}
		walk("", pair.en, collect(&en))
		walk("", withoutDisplayNames(pair.zh), collect(&zh))
		if !slices.Equal(en, zh) {
			t.Errorf("%s differs from its Chinese version in more than texts", file)
		}
		if actual := templates(en); !slices.Equal(actual, templates(zh)) {
			t.Errorf("%s has other {{labels}} in Chinese", file)
		}
	}
}

// What an override or a sort order is for in English, it is for in Chinese.
func TestMatchersMatchTheSame(t *testing.T) {
	for file, pair := range dashboards(t) {
		en, zh := matches(t, pair.en), matches(t, pair.zh)
		if len(en) < 10 || !slices.Equal(en, zh) {
			t.Errorf("%s: matches\n%s\nin Chinese\n%s", file, strings.Join(en, "\n"), strings.Join(zh, "\n"))
		}
	}
}

// matches lists which matcher and which sort order of each panel names which column or line,
// by their positions.
func matches(t *testing.T, model any) (found []string) {
	t.Helper()
	panels, _ := model.(map[string]any)["panels"].([]any)
	for i, panel := range panels {
		var columns, matchers []string
		walk("", panel, func(path string, value any) {
			text, _ := value.(string)
			switch {
			case strings.Contains(path, "/renameByName/"), strings.HasSuffix(path, "/legendFormat"):
				columns = append(columns, regexp.MustCompile(`\{\{.*?\}\}`).ReplaceAllString(text, "x"))
			case strings.HasSuffix(path, "/matcher/options"), strings.HasSuffix(path, "/sortBy/displayName"):
				matchers = append(matchers, text)
			}
		})
		for m, matcher := range matchers {
			pattern := regexp.MustCompile("^" + regexp.QuoteMeta(matcher) + "$")
			if strings.HasPrefix(matcher, "/") {
				pattern = regexp.MustCompile(strings.Trim(matcher, "/"))
			}
			for c, column := range columns {
				if pattern.MatchString(column) {
					found = append(found, fmt.Sprintf("panel %d: matcher %d, column %d", i, m, c))
				}
			}
		}
	}
	return found
}

// languages are the two versions of a dashboard, decoded.
type languages struct{ en, zh any }

func dashboards(t *testing.T) map[string]languages {
	t.Helper()
	files, err := filepath.Glob(repository.Path(t, "dashboards/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards (%v)", err)
	}
	all := map[string]languages{}
	for _, file := range files {
		zh := repository.Path(t, "deploy/grafana/zh-CN/"+filepath.Base(file))
		all[filepath.Base(file)] = languages{en: decode(t, file), zh: decode(t, zh)}
	}
	return all
}

func decode(t *testing.T, file string) (model any) {
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

// walk visits the values of a decoded JSON text by their path, in which lists have no part.
func walk(path string, value any, visit func(path string, value any)) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			walk(path+"/"+strings.ReplaceAll(name, "/", "."), value[name], visit)
		}
	case []any:
		for _, element := range value {
			walk(path, element, visit)
		}
	default:
		visit(path, value)
	}
}

// withoutDisplayNames removes the properties that give a Chinese name to the value of a label.
func withoutDisplayNames(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name := range value {
			value[name] = withoutDisplayNames(value[name])
		}
	case []any:
		var rest []any
		for _, element := range value {
			if property, is := element.(map[string]any); !is || property["id"] != "displayName" {
				rest = append(rest, withoutDisplayNames(element))
			}
		}
		return rest
	}
	return value
}

func templates(lines []string) []string {
	return regexp.MustCompile(`\{\{\w+\}\}`).FindAllString(strings.Join(lines, "\n"), -1)
}
