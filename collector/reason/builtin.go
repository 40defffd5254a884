package reason

import (
	"regexp"
	"strings"
)

// platformTexts are what the platform itself writes to TaskDesc.
var platformTexts = map[string]string{
	"timeout":                       timeout,
	"report version is not conform": versionMismatch,
}

// steps are the numbers that a device reports as its progress when it fails.
var steps = map[string]string{"1": upgrade, "2": download, "3": verify, "4": burn}

// stepPattern matches a step in Progress or alone in TaskDesc: "-2", "-2.00", "step: -2" or
// {"step":"-2"}. Other numbers in a text are codes of the device program.
var stepPattern = regexp.MustCompile(`(?i)(?:^|["'{\s]step["']?\s*[:=]?\s*|^step["']?\s*[:=]?\s*)["']?-([1-4])(?:\.0*)?["']?(?:$|[,;}\s])`)

// words match what device programs write, the most specific reason first: a download that
// timed out is a failed download, and an update with a wrong signature is a failed
// verification. The test has texts of public programs in English and in Chinese.
var words = []Rule{
	{other, regexp.MustCompile(`(?i)cancel|取消`)},
	{versionMismatch, regexp.MustCompile(`(?i)version.*(conform|match|differ|invalid|illegal|wrong|incorrect|unexpected|inconsistent)` +
		`|(mismatch|invalid|illegal|wrong|incorrect|unexpected).*\bversion` +
		`|版本.*(不符|不匹配|不一致|不正确|不对|错误|无效|非法)|(无效|非法|错误).*版本`)},
	{burn, regexp.MustCompile(`(?i)\bburn|\b(write|writing|erase|erasing)\b|\bflash|partition|烧写|烧录|刷写|写入|写flash|擦除|分区`)},
	{verify, regexp.MustCompile(`(?i)verif|check ?sum|\bcheck(ing)?\b.*\b(fa|err)|\bcrc|\bmd5|\bsha-?\d|digest|\bsign(ature|ed|ing)?\b|integrity|corrupt|校验|验签|签名|验证|摘要|完整性`)},
	{download, regexp.MustCompile(`(?i)download|\bfetch|\bhttps?\b|\burl\b|\btls\b|\bssl\b|\bdns\b|connect|network|socket|下载|拉取|网络|连接`)},
	{timeout, regexp.MustCompile(`(?i)\btime[sd]?[ _-]?out|超时`)},
	{upgrade, regexp.MustCompile(`(?i)upgrad|updat|instal|升级|安装|更新`)},
}

// builtIn returns the reason by the built-in rules. What the platform writes goes first:
// the last step may be older than the timeout. A step that names what failed goes before
// words, but the step -1 only says that something failed.
func builtIn(text, progress string) string {
	if reason, ok := platformTexts[strings.ToLower(strings.TrimSpace(text))]; ok {
		return reason
	}
	step := stepOf(progress)
	if step == "" {
		step = stepOf(text)
	}
	if step != "" && step != upgrade {
		return step
	}
	text = strings.ReplaceAll(text, "_", " ") // IOT_OTAP_BURN_FAILED has words, too
	for _, rule := range words {
		if rule.Match.MatchString(text) {
			return rule.Reason
		}
	}
	if step != "" {
		return step
	}
	return other
}

// stepOf returns the reason by the step in a text, "" if there is none.
func stepOf(text string) string {
	if found := stepPattern.FindStringSubmatch(strings.TrimSpace(text)); found != nil {
		return steps[found[1]]
	}
	return ""
}
