package phrase

import "testing"

// In Chinese, a space separates a value from the text around it where it has to.
func TestFill(t *testing.T) {
	values := map[string]string{"{instance}": "实例 iot-1", "{subject}": "公共实例", "{signature}": ""}
	for text, want := range map[string]string{
		"在{instance}中找不到{subject}。": "在实例 iot-1 中找不到公共实例。",
		"{instance}。":               "实例 iot-1。",
		"在{subject}中":               "在公共实例中",
		"在 {instance} 中":            "在 实例 iot-1 中",
		"使用{signature}的{other}":     "使用的{other}",
		"":                          "",
	} {
		if got := Chinese.Fill(text, values); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := English.Fill("In {instance}.", map[string]string{"{instance}": "instance 冷链"}); got != "In instance 冷链." {
		t.Errorf("in English: %q", got)
	}
}
