package deploy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// What stands for something in trust-rrsa.json is what the commands fill in.
func TestTrustPolicies(t *testing.T) {
	ecs := ramFile(t, read(t, "ram/trust-ecs.json")).Statement[0]
	if ecs.Action != "sts:AssumeRole" || !slices.Equal(ecs.Principal["Service"], []string{"ecs.aliyuncs.com"}) || ecs.Condition != nil || ecs.Resource != "" {
		t.Errorf("trust-ecs.json: %+v", ecs)
	}
	text := read(t, "ram/trust-rrsa.json")
	filled := regexp.MustCompile(`s\|([A-Z_]+)\|`).FindAllStringSubmatch(read(t, "ram/README.md"), -1)
	for i, found := range filled {
		if !strings.Contains(text, found[1]) {
			t.Errorf("trust-rrsa.json has no %s", found[1])
		}
		text = strings.ReplaceAll(text, found[1], fmt.Sprintf("v%d", i))
	}
	rrsa := ramFile(t, text).Statement[0]
	want := map[string]map[string][]string{"StringEquals": {
		"oidc:iss": {"v1"}, "oidc:aud": {"sts.aliyuncs.com"}, "oidc:sub": {"system:serviceaccount:v2:v3"},
	}}
	if diff := cmp.Diff(want, rrsa.Condition); diff != "" || rrsa.Action != "sts:AssumeRole" || !slices.Equal(rrsa.Principal["Federated"], []string{"v0"}) || rrsa.Resource != "" {
		t.Errorf("trust-rrsa.json: %+v\n%s", rrsa, diff)
	}
}

// The credentials that ram/README.md shows are such as the exporter takes.
func TestCredentialsOfRAMReadme(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)\n```yaml\n(.*?)```\n").FindAllStringSubmatch(read(t, "ram/README.md"), -1)
	if len(blocks) != 3 {
		t.Errorf("%d blocks, want one of each source", len(blocks))
	}
	for _, block := range blocks {
		section := regexp.MustCompile(`(_file: ).*`).ReplaceAllString(block[1], "${1}"+secret)
		text := "accounts:\n  - name: production\n    region: cn-shanghai\n    " + strings.ReplaceAll(section, "\n", "\n    ") + "instances: [{jobs: [job]}]\n"
		if _, err := config.Parse(strings.NewReader(text)); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
}
