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
	installed := map[string]bool{}
	for _, command := range commands {
		words := strings.Fields(command)
		if (words[1] == "uninstall" || words[1] == "test") && installed[words[2]] {
			continue
		}
		if len(words) < 4 || words[1] != "install" || root+words[3] != chartDir {
			t.Errorf("%s: does not install this chart", command)
			continue
		}
		installed[words[2]] = true
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

// The values that the chart's README shows work, each block on its own.
func TestChartREADMEValues(t *testing.T) {
	blocks := regexp.MustCompile("(?s)\n```yaml\n(.*?)```\n").FindAllStringSubmatch(readFile(t, chartDir+"/README.md"), -1)
	if len(blocks) < 3 {
		t.Fatalf("%d blocks of values", len(blocks))
	}
	for _, block := range blocks {
		text, _, err := helmTemplate(loadChart(t), parseValues(t, aConfig+block[1]))
		if err != nil {
			t.Errorf("%v in\n%s", err, block[1])
			continue
		}
		demandCoherent(t, decodeObjects(t, text))
	}
}

// The values that the text of the chart's README names exist.
func TestChartREADMENamesValues(t *testing.T) {
	before, _, _ := strings.Cut(readFile(t, chartDir+"/README.md"), "<!-- begin generated: values -->")
	keys := map[string]bool{"serviceMonitor.tlsConfig": true}
	for _, v := range chartValues(t) {
		for key := v.key; key != ""; {
			keys[key] = true
			i := strings.LastIndex(key, ".")
			key = key[:max(i, 0)]
		}
	}
	found := regexp.MustCompile("`([a-z]+[A-Z.][[:word:].]+)`").FindAllStringSubmatch(before, -1)
	for _, f := range found {
		if key := f[1]; !keys[key] && !keys["serviceMonitor."+key] {
			t.Errorf("there is no value %s", key)
		}
	}
	if len(found) < 10 {
		t.Errorf("only %d values are named", len(found))
	}
}
