package deploy_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// The trust policies let in who they are for. trust-rrsa.json has words in capitals for
// what only the user knows; the commands in ram/README.md replace each of them.
func TestTrustPolicies(t *testing.T) {
	ecs := ramFile(t, read(t, "ram/trust-ecs.json")).Statement[0]
	if ecs.Action != "sts:AssumeRole" || !slices.Equal(ecs.Principal["Service"], []string{"ecs.aliyuncs.com"}) || ecs.Condition != nil || ecs.Resource != "" {
		t.Errorf("trust-ecs.json: %+v", ecs)
	}
	text := read(t, "ram/trust-rrsa.json")
	// The commands are those of sed: s|WORD|value|.
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

// The exporter accepts the credentials that ram/README.md shows.
func TestCredentialsOfRAMReadme(t *testing.T) {
	secret := write(t, filepath.Join(t.TempDir(), "secret"), "secret")
	sections := blocks(t, "ram/README.md", "yaml")
	if len(sections) != 3 {
		t.Errorf("%d sections, want one for each source", len(sections))
	}
	for _, section := range sections {
		section = regexp.MustCompile(`(_file: ).*`).ReplaceAllString(section, "${1}"+secret)
		text := "accounts:\n  - name: production\n    region: cn-shanghai\n    " + strings.ReplaceAll(section, "\n", "\n    ") + "instances: [{jobs: [job]}]\n"
		if _, err := config.Parse(strings.NewReader(text)); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
}
