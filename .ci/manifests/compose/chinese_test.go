package compose_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
)

// chinese are the files and folders that the Chinese stack mounts instead of the English ones.
var chinese = map[string]string{
	"dashboards":                             "deploy/grafana/zh-CN",
	"deploy/alertmanager/alertmanager.yml":   "deploy/alertmanager/zh-CN/alertmanager.yml",
	"deploy/alertmanager/templates/en.tmpl":  "deploy/alertmanager/templates/zh-CN.tmpl",
	"deploy/compose/grafana/dashboards.yml":  "deploy/compose/grafana/dashboards.zh-CN.yml",
	"deploy/compose/grafana/datasources.yml": "deploy/compose/grafana/datasources.zh-CN.yml",
	"deploy/compose/prometheus.yml":          "deploy/compose/prometheus.zh-CN.yml",
	"deploy/prometheus":                      "deploy/prometheus/zh-CN",
}

// The Chinese stacks are the English ones but for the files that they mount, and for Grafana's
// language.
func TestChineseStacks(t *testing.T) {
	for name, files := range map[string][2][]string{
		"demo":        {{"compose.yml"}, {"compose.zh-CN.yml"}},
		"credentials": {{"compose.yml", "compose.credentials.yml"}, {"compose.zh-CN.yml", "compose.credentials.zh-CN.yml"}},
	} {
		t.Run(name, func(t *testing.T) {
			var stacks [2]*types.Project
			for i := range files {
				var err error
				if stacks[i], err = load(t, named, files[i]...); err == nil {
					stacks[i], err = stacks[i].WithProfiles([]string{"dingtalk", "feishu"})
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			en := stacks[0]
			used := 0
			for _, service := range en.Services {
				for i, v := range service.Volumes {
					if v.Type == types.VolumeTypeBind && chinese[relative(t, v.Source)] != "" {
						service.Volumes[i].Source = absolute(t, chinese[relative(t, v.Source)])
						used++
					}
				}
			}
			*en.Services["grafana"].Environment["GF_USERS_DEFAULT_LANGUAGE"] = "zh-Hans"
			var texts [2][]byte
			for i, s := range stacks {
				var err error
				if texts[i], err = s.MarshalYAML(); err != nil {
					t.Fatal(err)
				}
			}
			if difference := cmp.Diff(string(texts[0]), string(texts[1])); difference != "" {
				t.Error(difference)
			}
			if used < len(chinese) {
				t.Errorf("%d files and folders replaced", used)
			}
		})
	}
	for _, file := range chinese {
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			t.Error(err)
		}
	}
}

func absolute(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
