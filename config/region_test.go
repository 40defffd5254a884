package config_test

import (
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// A region that is not known may be a new one, or a slip of the keyboard, which would
// show as a host that does not exist.
func TestRegionsThatAreNotKnown(t *testing.T) {
	const shanghai = "did you mean cn-shanghai?"
	for _, c := range []struct{ name, region, warning, wrong string }{
		{"known", "cn-shanghai", "", ""},
		{"a letter left out", "cn-shangai", shanghai, ""},
		{"a letter too many", "cn-shanghaii", shanghai, ""},
		{"another letter", "ch-shanghai", shanghai, ""},
		{"two letters that changed places", "cn-shenzehn", "did you mean cn-shenzhen?", ""},
		{"two letters that changed places at the start", "nc-shanghai", shanghai, ""},
		{"two letters that changed places at the end", "cn-beijign", "did you mean cn-beijing?", ""},
		{"a dash left out", "cnshanghai", shanghai, ""},
		{"another number", "us-west-2", "did you mean us-west-1?", ""},
		{"between two known ones", "us-wast-1", "did you mean us-west-1 or us-east-1?", ""},
		{"two slips", "cn-shangia", "known are cn-shanghai, ", ""},
		{"letters that changed places far apart", "cn-ihanghas", "known are cn-shanghai, ", ""},
		{"far from all", "mars-north-1", "known are cn-shanghai, ", ""},

		{"capitals", "CN-SHANGHAI", "", shanghai},
		{"a capital and a slip", "Cn-shangai", "", shanghai},
		{"an underscore", "cn_shanghai", "", shanghai},
		{"a space around it", "' cn-shanghai'", "", shanghai},
		{"a host", "iot.cn-shanghai.aliyuncs.com", "", "write small letters, digits and dashes"},
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
						t.Errorf("warned of %q", parsed.Warnings)
					}
				case len(parsed.Warnings) != 1 || !strings.HasPrefix(parsed.Warnings[0], place+"unknown region, ") || !strings.Contains(parsed.Warnings[0], c.warning):
					t.Errorf("warned of %q, want %s", parsed.Warnings, c.warning)
				}
			})
		}
	}
}
