package config_test

import (
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// An unknown region may be a new one or a typing error, which would show later as an unknown
// host.
func TestUnknownRegions(t *testing.T) {
	const shanghai = "did you mean cn-shanghai?"
	for _, c := range []struct{ name, region, warning, wrong string }{
		{"known", "cn-shanghai", "", ""},
		{"a missing letter", "cn-shangai", shanghai, ""},
		{"a letter too many", "cn-shanghaii", shanghai, ""},
		{"another letter", "ch-shanghai", shanghai, ""},
		{"two swapped letters", "cn-shenzehn", "did you mean cn-shenzhen?", ""},
		{"two swapped letters at the start", "nc-shanghai", shanghai, ""},
		{"two swapped letters at the end", "cn-beijign", "did you mean cn-beijing?", ""},
		{"a missing dash", "cnshanghai", shanghai, ""},
		{"another number", "us-west-2", "did you mean us-west-1?", ""},
		{"as near to one region as to another", "us-wast-1", "did you mean us-west-1 or us-east-1?", ""},
		{"two typing errors", "cn-shangia", "Known regions are cn-shanghai, ", ""},
		{"swapped letters that are not adjacent", "cn-ihanghas", "Known regions are cn-shanghai, ", ""},
		{"unlike any region", "mars-north-1", "Known regions are cn-shanghai, ", ""},

		{"capitals", "CN-SHANGHAI", "", shanghai},
		{"a capital and a missing letter", "Cn-shangai", "", shanghai},
		{"an underscore", "cn_shanghai", "", shanghai},
		{"a space around it", "' cn-shanghai'", "", shanghai},
		{"a host", "iot.cn-shanghai.aliyuncs.com", "", "write lower-case letters, digits and dashes"},
	} {
		for place, text := range map[string]string{
			"line 3: accounts[0].region: ":              strings.Replace(config.Smallest, "cn-shanghai", c.region, 1),
			"line 5: accounts[0].instances[0].region: ": strings.Replace(config.Smallest, "- jobs", "- region: "+c.region+"\n        jobs", 1),
		} {
			t.Run(c.name+", in "+place, func(t *testing.T) {
				parsed, err := config.Parse(strings.NewReader(text))
				switch {
				case c.wrong != "":
					if err == nil || !strings.Contains(err.Error(), place+"not a region; ") || !strings.Contains(err.Error(), c.wrong) {
						t.Errorf("got %v, want %s", err, c.wrong)
					}
				case err != nil:
					t.Error(err)
				case c.warning == "":
					if len(parsed.Warnings) > 0 {
						t.Errorf("warnings %q", parsed.Warnings)
					}
				case len(parsed.Warnings) != 1 || !strings.HasPrefix(parsed.Warnings[0], place+"unknown region; ") || !strings.Contains(parsed.Warnings[0], c.warning):
					t.Errorf("warnings %q, want %s", parsed.Warnings, c.warning)
				}
			})
		}
	}
}
