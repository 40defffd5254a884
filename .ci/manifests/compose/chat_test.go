package compose_test

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// With a profile, the Alertmanager has the configuration of that name, whose receivers are
// services of the stack, and every service that writes messages has the template of the language.
func TestChatProfiles(t *testing.T) {
	for _, profile := range []string{"dingtalk", "feishu", "wecom"} {
		for language, file := range map[string]string{"en": "compose.yml", "zh-CN": "compose.zh-CN.yml"} {
			t.Run(profile+" "+language, func(t *testing.T) {
				options, err := cli.NewProjectOptions([]string{filepath.Join(folder, file)}, cli.WithEnv([]string{"COMPOSE_PROFILES=" + profile}),
					cli.WithResolvedPaths(true), cli.WithDefaultProfiles(profile))
				if err != nil {
					t.Fatal(err)
				}
				stack, err := options.LoadProject(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				config := source(t, stack.Services["alertmanager"], "/etc/alertmanager/alertmanager.yml")
				if path.Base(config) != profile+".yml" {
					t.Errorf("the Alertmanager has %s", config)
				}
				want := "deploy/alertmanager/templates/" + language + ".tmpl"
				templates := map[string]string{"alertmanager": "/etc/alertmanager/templates/ota.tmpl", "dingtalk": "/etc/ota/ota.tmpl", "feishu": "/etc/ota/ota.tmpl"}
				for name, s := range stack.Services {
					if inside, ok := templates[name]; ok && source(t, s, inside) != want {
						t.Errorf("%s writes with %s, want %s", name, source(t, s, inside), want)
					}
				}
				_, adapter := stack.Services[profile]
				if called := strings.Contains(read(t, config), "http://"+profile+":"); called != adapter {
					t.Errorf("the configuration calls the service %s: %v, the stack has it: %v", profile, called, adapter)
				}
			})
		}
	}
}

// source returns the file of the repository that a service sees at a path.
func source(t *testing.T, s types.ServiceConfig, inside string) string {
	t.Helper()
	i := slices.IndexFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == inside })
	if i < 0 {
		t.Fatalf("%s has nothing at %s", s.Name, inside)
	}
	return relative(t, s.Volumes[i].Source)
}
