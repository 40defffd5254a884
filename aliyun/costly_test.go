package aliyun_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// An answer of the largest size that the client takes is read in linear time, whatever
// it contains: quadratic time would be minutes of a CPU for each answer.
func TestAnswersThatAreCostlyToRead(t *testing.T) {
	// fill repeats a text until the answer has the largest size.
	fill := func(before, again, after string) string {
		return before + strings.Repeat(again, (1<<20-len(before)-len(after))/len(again)) + after
	}
	for name, body := range map[string]string{
		"a message of backslashes":      fill(`{"Code":"Throttling","Message":"`, `\\`, `"}`),
		"a message of percent signs":    fill(`{"Code":"Throttling","Message":"`, `%`, `"}`),
		"a message of encoded ones":     fill(`{"Code":"Throttling","Message":"%`, `25`, `"}`),
		"a message of ampersands":       fill(`{"Code":"Throttling","Message":"`, `&`, `"}`),
		"a message like the secret":     fill(`{"Code":"Throttling","Message":"`, `hush-secre`, `"}`),
		"lists in lists":                fill(`{"Success":true,"Data":`, `[`, ``),
		"lists in lists that end":       `{"Success":true,"Data":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `}`,
		"objects in objects":            fill(``, `{"Data":`, ``),
		"elements in elements":          fill(``, `<a>`, ``),
		"elements beside each other":    fill(`<Error><Code>Throttling</Code>`, `<Code/>`, `</Error>`),
		"attributes":                    fill(`<Error `, `a="" `, `/>`),
		"entities":                      fill(`<!DOCTYPE a [<!ENTITY a "aaaaaaaa">]><Error><Code>`, `&a;`, `</Code></Error>`),
		"keys":                          fill(`{"Success":true,"Data":{`, `"a":1,`, `"b":1}}`),
		"one key, spelled in every way": fill(`{"Success":true,"Data":{`, `"nAME":1,"Name":2,"NaMe":3,`, `"b":1}}`),
		"entries that cannot be read":   fill(`{"Success":true,"Total":1,"Data":{"Tags":[`, `0,`, `0]}}`),
		"a number of many digits":       fill(`{"Success":true,"Data":{"RetryCount":`, `1`, `}}`),
		"a time of many digits":         fill(`{"Success":true,"Data":{"UtcCreate":"2019-12-28T02:43:10.`, `1`, `Z"}}`),
		"spaces":                        fill(`{"Success":true,"Data":{"RetryCount":"`, ` `, `"}}`),
		"no text at all":                fill(``, "\xff", ``),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := readAnswer(t, aliyun.OpQueryOTAJob, 200, []byte(body))
			if took := time.Since(start); took > 30*time.Second { // usually 0.1 s; a slow machine under -race needs far more
				t.Errorf("it took %v", took)
			}
			if err != nil && len(err.Error()) > 4096 {
				t.Errorf("it fails with %d bytes of text", len(err.Error()))
			}
		})
	}
}
