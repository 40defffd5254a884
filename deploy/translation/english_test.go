package translation_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// generated is a table that a test writes.
var generated = regexp.MustCompile(`(?s)<!-- begin generated.*?<!-- end generated[^>]*-->`)

// onTheirOwn are sentences that two documents have because each is read alone: the README of the
// chart is what Artifact Hub shows, and a runbook is opened from an alert.
var onTheirOwn = []string{
	"**Watch each account with one exporter.**",
	"The probes only open a connection, so they still work.",
	"If the whole account fails, [OTAAccountFailing](OTAAccountFailing.md) fires first.",
	"Throttling: then [OTABudgetThrottled](OTABudgetThrottled.md) fires as well.",
}

// No English sentence stands in two places of the documents, either: the second one would be a
// link. What introduces a query or a command may be repeated with it.
func TestNoEnglishSentenceStandsTwice(t *testing.T) {
	made := generate(t)
	in := map[string][]string{}
	for _, a := range documents(made) {
		text := withoutCode(generated.ReplaceAllString(repository.Read(t, a.Source), ""))
		translation.Markdown([]byte(text), func(block string) string {
			for _, sentence := range translation.Sentences(block) {
				if len(strings.Fields(sentence)) > 5 && !strings.HasSuffix(sentence, ":") && !slices.Contains(onTheirOwn, sentence) {
					in[sentence] = append(in[sentence], a.Source)
				}
			}
			return block
		})
	}
	for sentence, documents := range in {
		if len(documents) > 1 {
			t.Errorf("%q stands in %s", sentence, strings.Join(documents, " and "))
		}
	}
	if len(in) < 500 {
		t.Errorf("%d sentences", len(in))
	}
}
