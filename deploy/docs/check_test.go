package docs_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// The documented output of --config.check is what it prints.
func TestCheckOutput(t *testing.T) {
	command := exec.CommandContext(t.Context(), repository.Program(t), "--config.check", "--config.file=config.example.yml")
	command.Dir = ".."
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	output := regexp.MustCompile(`(?m) +$`).ReplaceAllString(string(out), "")
	found := false
	for _, b := range blocks(documents(t)["deploy/docs/configuration.md"]) {
		if strings.HasPrefix(b.text, "The configuration is valid.") {
			found = true
			if b.text != output {
				t.Errorf("--config.check prints\n%s\nthe document has\n%s", output, b.text)
			}
		}
	}
	if !found {
		t.Error("no output is documented")
	}
}
