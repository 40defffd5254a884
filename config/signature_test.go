package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// The signature is v3 or v1, for each account. With v1, a warning names every place whose
// calls would have no RegionId.
func TestSignatures(t *testing.T) {
	const (
		v1       = "accounts: [{name: a, endpoint: gateway:8443, signature: v1, "
		noRegion = "region: missing, so calls with signature v1 have no RegionId"
	)
	for name, c := range map[string]struct {
		text     string
		err      string   // part of the error; "": none
		want     []string // of the accounts
		warnings []string // parts of them
	}{
		"no signature means v3":   {"accounts: [{name: a, region: cn-shanghai, instances: [{jobs: [j]}]}]", "", []string{"v3"}, nil},
		"nothing after the colon": {"accounts: [{name: a, signature: , region: cn-shanghai, instances: [{jobs: [j]}]}]", "", []string{"v3"}, nil},
		"one of each": {"accounts: [{name: a, signature: v3, region: cn-shanghai, instances: [{jobs: [j]}]}, " +
			"{name: b, signature: v1, region: cn-shanghai, credentials: {ecs_ram_role: r}, instances: [{jobs: [j]}]}]", "", []string{"v3", "v1"}, nil},
		"capitals":                    {"accounts: [{name: a, signature: V1, region: cn-shanghai, instances: [{jobs: [j]}]}]", "neither v3 nor v1", nil, nil},
		"a number":                    {"accounts: [{name: a, signature: 1, region: cn-shanghai, instances: [{jobs: [j]}]}]", "neither v3 nor v1", nil, nil},
		"a list":                      {"accounts: [{name: a, signature: [v1], region: cn-shanghai, instances: [{jobs: [j]}]}]", "not a single value", nil, nil},
		"v1 without any region":       {v1 + "instances: [{jobs: [j]}, {id: i, jobs: [k]}]}]", "", []string{"v1"}, []string{"accounts[0]." + noRegion}},
		"v1 without one at one place": {v1 + "instances: [{region: r-1, jobs: [j]}, {id: i, jobs: [k]}]}]", "", []string{"v1"}, []string{"accounts[0].instances[1]." + noRegion}},
		"v1 with regions":             {v1 + "region: r-1, instances: [{region: r-2, jobs: [j]}, {id: i, jobs: [k]}]}]", "", []string{"v1"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			parsed, err := config.Parse(strings.NewReader(c.text))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), "accounts[0].signature: "+c.err) || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %v, want only %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range parsed.Accounts {
				got = append(got, a.Signature)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("signatures (-want +got):\n%s", diff)
			}
			for i, warning := range parsed.Warnings {
				if i >= len(c.warnings) || !strings.Contains(warning, c.warnings[i]) {
					t.Errorf("warning %q, want %q", warning, c.warnings)
				}
			}
			if len(parsed.Warnings) < len(c.warnings) {
				t.Errorf("warnings %q, want %q", parsed.Warnings, c.warnings)
			}
		})
	}
}
