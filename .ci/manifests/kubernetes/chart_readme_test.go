package kubernetes_test

import (
	"regexp"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/strvals"
)

// The commands that the chart's README shows work.
func TestChartREADMECommands(t *testing.T) {
	// The files that --set-file names, as a user would have them.
	files := map[string]string{
		"aliyun_iot_ota_exporter.yml": readFile(t, root+"deploy/config.example.yml"),
		"access_key_secret":           "made-up",
	}
	text := strings.ReplaceAll(readFile(t, chartDir+"/README.md"), "\\\n", "")
	commands := regexp.MustCompile(`(?m)^helm .*$`).FindAllString(text, -1)
	if len(commands) == 0 {
		t.Fatal("no command is shown")
	}
	for _, command := range commands {
		words := strings.Fields(command)
		if len(words) < 4 || words[1] != "install" || root+words[3] != chartDir {
			t.Errorf("%s: does not install this chart", command)
			continue
		}
		v := values{}
		for i := 4; i < len(words); i += 2 {
			var err error
			switch words[i] {
			case "--set":
				err = strvals.ParseInto(words[i+1], v)
			case "--set-file":
				err = strvals.ParseIntoFile(words[i+1], v, func(name []rune) (any, error) { return files[string(name)], nil })
			case "--namespace":
			default:
				t.Errorf("%s: what is %s?", command, words[i])
			}
			if err != nil {
				t.Errorf("%s: %v", command, err)
			}
		}
		for _, complaint := range complaintsAbout(rendered(t, v)) {
			t.Errorf("%s: %s", command, complaint)
		}
	}
}
