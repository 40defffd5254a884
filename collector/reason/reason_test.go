package reason

import (
	"regexp"
	"strings"
	"testing"
)

// The texts come from Alibaba's pages of ListOTATaskByJob and of the OTA troubleshooting, from
// the device SDKs and their examples, and from published device programs.
func TestPublishedTexts(t *testing.T) {
	for _, c := range []struct{ text, progress, want string }{
		// Of the platform.
		{"timeout", "57.00", "timeout"},
		{"Timeout ", "0.00", "timeout"},
		{"report version is not conform", "100.00", "version_mismatch"},
		{"a device submits an invalid firmware version number", "", "version_mismatch"},
		{"device update times out", "", "timeout"},
		{"device update timed out", "", "timeout"},
		{"升级超时", "", "timeout"},
		{"设备升级超时", "10.00", "timeout"},
		{"上报版本号不符", "100.00", "version_mismatch"},
		{"版本不匹配", "", "version_mismatch"},
		{"设备上报的版本号与目标版本号不一致", "", "version_mismatch"},
		{"the OTA task was canceled", "", other},
		{"升级任务被取消", "", other},

		// Steps of the device, wherever the platform puts them.
		{"", "-1", "upgrade"},
		{"", "-2.00", "download"},
		{"", " -3 ", "verify"},
		{"", "-4.0", "burn"},
		{"-2", "0.00", "download"},
		{"-4.00", "", "burn"},
		{"step:-2", "", "download"},
		{"step -3", "", "verify"},
		{"step=-4, reboot", "", "burn"},
		{`{"step":"-2","desc":"xxxxxxxx"}`, "", "download"},
		{`{"desc": "x", "step": -3}`, "", "verify"},
		{"device failed at step: -1", "", "upgrade"},

		// A step that names what failed goes before the words; -1 does not.
		{"updating files failed!", "-4", "burn"},
		{"hello", "-2", "download"},
		{"download done, image lost", "-4", "burn"},
		{"md5 of the image differs", "-1", "verify"},
		{"NULL", "-1", "upgrade"},
		{"timeout", "-2", "timeout"},

		// The codes of the SDKs, and what their documents call them.
		{"IOT_OTAP_BURN_FAILED", "", "burn"},
		{"IOT_OTAP_CHECK_FALIED", "", "verify"},
		{"IOT_OTAP_FETCH_FAILED", "", "download"},
		{"AIOT_OTAERR_UPGRADE_FAILED", "", "upgrade"},
		{"AIOT_OTAERR_FETCH_FAILED", "", "download"},
		{"AIOT_OTAERR_CHECKSUM_MISMATCH", "", "verify"},
		{"AIOT_OTAERR_BURN_FAILED", "", "burn"},
		{"firmware checksum failed", "", "verify"},
		{"固件烧写失败", "", "burn"},
		{"固件校验失败", "", "verify"},
		{"固件下载失败", "", "download"},
		{"OTA其他错误", "", other},
		{"升级失败", "", "upgrade"},

		// Of device programs.
		{"check ota files failed!", "", "verify"},
		{"updating files failed!", "", "upgrade"},
		{"ota fetch failed.", "", "download"},
		{"ota fetch fail", "", "download"},
		{"Fota write firmware failed", "", "burn"},
		{"Write OTA data to file failed", "", "burn"},
		{"write data to file failed", "", "burn"},
		{"digest mismatch", "", "verify"},
		{"wrong http respond code", "", "download"},
		{"connect ota server timeout", "", "download"},
		{"IOT_OTAR_DOWNLOAD_TIMEOUT", "", "download"},
		{"IOT_OTAR_MD5_NOT_MATCH", "", "verify"},
		{"签名验证失败", "", "verify"},
		{"写入flash失败", "", "burn"},
		{"网络连接断开", "", "download"},
		{"安装失败", "", "upgrade"},
		{"success", "", other},
		{"hello", "", other},
		{"please check the network", "", "download"},
		{"NULL", "", other},
		{"", "", other},
		{"", "100.00", other},

		// Numbers that are no steps.
		{"errno -2", "", other},
		{"rc=-4", "", other},
		{"", "-5", other},
		{"", "-0.00", other},
		{"", "-20", other},
		{"", "-2.50", other},
		{"step:-12", "", other},
		{"footstep -2", "", other},
	} {
		if got := (Rules(nil)).Of(c.text, c.progress); got != c.want {
			t.Errorf("%q with progress %q is %s, want %s", c.text, c.progress, got, c.want)
		}
	}
}

// Configured rules go first, in their order, and see the same part of a text as the built-in
// rules do.
func TestConfiguredRules(t *testing.T) {
	rules := Rules{
		{Reason: "flash_full", Match: regexp.MustCompile(`(?i)no space`)},
		{Reason: "space", Match: regexp.MustCompile(`space`)},
		{Reason: "download", Match: regexp.MustCompile(`^E20\d$`)},
		{Reason: "late", Match: regexp.MustCompile(`^timeout$`)},
		{Reason: "silent", Match: regexp.MustCompile(`^-2`)},
	}
	for name, c := range map[string]struct{ text, progress, want string }{
		"a match":                          {"flash: No space left", "", "flash_full"},
		"the second rule":                  {"free space too small", "", "space"},
		"a built-in reason":                {"E203", "", "download"},
		"before the texts of the platform": {"timeout", "", "late"},
		"before steps":                     {"no space", "-2", "flash_full"},
		"not on the progress":              {"", "-2", "download"},
		"no match":                         {"checksum", "", "verify"},
		"within what is read":              {strings.Repeat("x", MaxText-8) + "no space", "", "flash_full"},
		"beyond what is read":              {strings.Repeat("x", MaxText-7) + "no space", "", other},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rules.Of(c.text, c.progress); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestValid(t *testing.T) {
	for name, want := range map[string]bool{
		"flash_full": true, "a": true, "e2_3": true, strings.Repeat("a", 64): true,
		"": false, "Flash": false, "flash-full": false, "_a": false, "a_": false, "a__b": false, "2a": false, "é": false, "a\n": false, strings.Repeat("a", 65): false,
	} {
		if got := valid(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	for _, name := range []string{versionMismatch, timeout, upgrade, download, verify, burn, other, Unread} {
		if !valid(name) {
			t.Errorf("the built-in %q is not valid", name)
		}
	}
}

// Any text has a reason that is a valid label value, and takes no longer than a short one.
func FuzzOf(f *testing.F) {
	for _, seed := range []string{"timeout", "step:-2", "\xff\x00", strings.Repeat("版本", 1000), strings.Repeat("version ", 100)} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, text, progress string) {
		got := (Rules(nil)).Of(text, progress)
		if !valid(got) || got == Unread {
			t.Errorf("%q", got)
		}
	})
}

// The longest text that no rule matches, which is the most expensive one.
func BenchmarkOf(b *testing.B) {
	for b.Loop() {
		(Rules(nil)).Of(strings.Repeat("version mismatc", 20), "0.00")
	}
}
