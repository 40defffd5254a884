package compose_test

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// placeholder matches what a user replaces, maybe with a secret.
var placeholder = regexp.MustCompile(`YOUR_[A-Z]+`)

// With a profile, the Alertmanager has the user's copy of the configuration of that name, whose
// receivers are services of the stack, and every service that writes messages has the template of
// the language. No service reads a file of the repository that has something to replace.
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
				if got, want := source(t, stack.Services["alertmanager"], "/etc/alertmanager/alertmanager.yml"), private+"/"+profile+".yml"; got != want {
					t.Errorf("the Alertmanager has %s, want %s", got, want)
				}
				copied := 0
				for _, s := range stack.Services {
					for _, v := range s.Volumes {
						if v.Type != types.VolumeTypeBind {
							continue
						}
						switch file := relative(t, v.Source); {
						case path.Dir(file) == private:
							copied++
							read(t, "deploy/alertmanager/"+path.Base(file)) // what the user copies
							if v.Bind == nil || v.Bind.CreateHostPath {
								t.Errorf("%s: without %s, Docker makes a folder of that name", s.Name, file)
							}
						case path.Ext(file) == ".yml" && placeholder.MatchString(read(t, file)):
							t.Errorf("%s reads %s, where something is to be replaced", s.Name, file)
						}
					}
				}
				if want := len(matches(t, "deploy/alertmanager/"+profile+"*.yml")); copied != want {
					t.Errorf("%d files are copied, the chat has %d", copied, want)
				}
				want := "deploy/alertmanager/templates/" + language + ".tmpl"
				templates := map[string]string{"alertmanager": "/etc/alertmanager/templates/ota.tmpl", "dingtalk": "/etc/ota/ota.tmpl", "feishu": "/etc/ota/ota.tmpl"}
				for name, s := range stack.Services {
					if inside, ok := templates[name]; ok && source(t, s, inside) != want {
						t.Errorf("%s writes with %s, want %s", name, source(t, s, inside), want)
					}
				}
				_, adapter := stack.Services[profile]
				if called := strings.Contains(read(t, "deploy/alertmanager/"+profile+".yml"), "http://"+profile+":"); called != adapter {
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
