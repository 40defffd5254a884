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

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// A Chinese dashboard differs from the English one in what it shows, and in nothing else.
func TestDashboardsDifferInTextsAlone(t *testing.T) {
	texts := regexp.MustCompile(`/(title|description|label|noValue|text|legendFormat|titleFormat|textFormat|displayName|name|tooltip)$|/renameByName/[^/]+$|/matcher/options$`)
	constant := regexp.MustCompile(`("\w+", ")[^"$]+(", "\w*", "\d*"\))`)
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
		walk("", pair.zh, collect(&zh))
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

// languages are the two versions of a dashboard, decoded. words are the overrides that give
// Chinese names to values of labels, which are cut from the Chinese version.
type languages struct {
	en, zh any
	words  []any
}

func dashboards(t *testing.T) map[string]languages {
	t.Helper()
	files, err := filepath.Glob(repository.Path(t, "dashboards/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards (%v)", err)
	}
	all := map[string]languages{}
	for _, file := range files {
		zh := repository.Path(t, "deploy/grafana/zh-CN/"+filepath.Base(file))
		pair := languages{en: decode(t, file), zh: decode(t, zh)}
		pair.words = cutWords(t, pair)
		all[filepath.Base(file)] = pair
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

// cutWords cuts the overrides that only the Chinese version has, behind the others of a panel.
func cutWords(t *testing.T, pair languages) (words []any) {
	t.Helper()
	panels := func(model any) []any {
		all, _ := model.(map[string]any)["panels"].([]any)
		return all
	}
	for i, panel := range panels(pair.zh) {
		config, _ := panel.(map[string]any)["fieldConfig"].(map[string]any)
		english, _ := panels(pair.en)[i].(map[string]any)["fieldConfig"].(map[string]any)
		before, _ := english["overrides"].([]any)
		if all, is := config["overrides"].([]any); is && len(all) > len(before) {
			words = append(words, all[len(before):]...)
			config["overrides"] = all[:len(before)]
		}
	}
	return words
}

// Chinese dashboards have Chinese names for the values of labels: in each panel that shows the
// label, for every value that the documents know.
func TestValuesOfLabels(t *testing.T) {
	var shown []string
	for file, pair := range dashboards(t) {
		walk("", pair.zh, func(path string, value any) {
			if text, _ := value.(string); strings.HasSuffix(path, "/text") && strings.Contains(path, "/options/") && slices.Contains(aliyun.Statuses, text) {
				t.Errorf("%s shows the status %s as it is", file, text)
			}
		})
		for _, word := range pair.words {
			walk("", word, func(path string, value any) {
				switch text, _ := value.(string); {
				case strings.HasSuffix(path, "/properties/id"):
					if text != "displayName" && text != "mappings" {
						t.Errorf("%s sets %s", file, text)
					}
				case strings.HasSuffix(path, "/matcher/options"), strings.HasSuffix(path, "/text"):
					shown = append(shown, path+" "+text)
				}
			})
			if text, _ := json.Marshal(word); !translation.HasHan(string(text)) {
				t.Errorf("%s adds %s", file, text)
			}
		}
	}
	everything := strings.Join(shown, "\n") + "\n"
	for value, times := range map[string]int{
		" IN_PROGRESS\n": 6, " burn\n": 3, "options throttled\n": 1, "/throttled/text 流控 throttled\n": 2, "options settings\n": 1, "/settings/text 升级设置 settings\n": 1,
		"/STATIC/text 静态升级\n": 2, "/GRAY/text 灰度升级\n": 1, "/true/text 是\n": 1, "NO_DATA": 0, " counts\n": 0,
	} {
		if n := strings.Count(everything, value); n != times {
			t.Errorf("%q is there %d times, want %d", value, n, times)
		}
	}
}

func templates(lines []string) []string {
	return regexp.MustCompile(`\{\{\w+\}\}`).FindAllString(strings.Join(lines, "\n"), -1)
}
