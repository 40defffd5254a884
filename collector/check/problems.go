package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/advice"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// problem is a set of failures with the same cure. They are of one group if the cure names the
// IDs.
type problem struct {
	operations []string
	failures   []finding
}

// problems sorts the failures of an account by cure, in the order of the first failure of each.
func (a *checkedAccount) problems() (all []*problem) {
	const anyID = "\x00"
	type kind struct {
		group      *group // nil: any
		class      aliyun.Class
		code, cure string
	}
	of := make(map[kind]*problem)
	for _, g := range a.groups {
		slices.SortFunc(g.failures, func(a, b finding) int { return cmp.Compare(a.at, b.at) })
		for _, f := range g.failures {
			k := kind{class: f.Class, code: f.Code, cure: cureOf(f, anyID)}
			if strings.Contains(k.cure, anyID) {
				k.group = g
			}
			if of[k] == nil {
				of[k] = &problem{}
				all = append(all, of[k])
			}
			of[k].failures = append(of[k].failures, f)
			if !slices.Contains(of[k].operations, g.operation) {
				of[k].operations = append(of[k].operations, g.operation)
			}
		}
	}
	return all
}

// cureOf returns the cure for a failure, in English. subject names what was asked for.
func cureOf(f finding, subject string) string {
	return advice.Cure(f.Error, f.group.instance, phrase.Verbatim(subject)).In(phrase.English)
}
