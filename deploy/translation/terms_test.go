package translation_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// terms are words that mean what another one means in these texts, with that one: the word of
// Alibaba Cloud's console and documents, or the usual one of the Chinese documents of Prometheus,
// Grafana and Kubernetes.
var terms = map[string]string{
	"监视": "监控", "进行中": "执行中 or 升级中", "作业": "批次 or 升级任务", "固件包": "升级包", "限额": "配额", "额度": "配额", "节流": "流控",
	"帐号": "账号", "帐户": "账号", "账户": "账号", "登陆": "登录", "端点": "服务地址", "密匙": "密钥", "秘钥": "密钥", "安全令牌": "SecurityToken",
	"区域": "地域", "推送频率": "推送速率", "源版本": "待升级版本", "目的版本": "目标版本",
	"警报": "告警", "报警": "告警", "预警": "告警", "运行手册": "处理手册", "仪表板": "仪表盘", "看板": "仪表盘", "名称空间": "命名空间",
	"缺省": "默认", "阀值": "阈值", "宕机": "停止", "你": "您",
}

// Each thing has one name in Chinese.
func TestTerms(t *testing.T) {
	for name, dictionary := range allDictionaries(generate(t)) {
		for _, p := range dictionary.Pairs {
			for _, bad := range slices.Sorted(maps.Keys(terms)) {
				if strings.Contains(p.Zh, bad) {
					t.Errorf("%s: %q has %s, want %s", name, p.Zh, bad, terms[bad])
				}
			}
		}
	}
}
