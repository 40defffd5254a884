package aliyun_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// Any answer gives the same result each time: an error with a known class and one line of
// text, or data that stay equal when they are encoded and decoded again.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		fullAnswer, goodAnswer, ``, `null`, `[]`, `{}`, `{"Success":true}`, `{"Success":"1","Data":{"RetryCount":" 2 ","Name":7,"NeedPush":"TRUE"}}`,
		`{"success":true,"SUCCESS":false,"Success":true,"DATA":{"Name":"a","NAME":"b","nAme":"c"},"data":{}}`,
		`{"Success":true,"Data":{"UtcCreate":"9999-12-31T23:59:59-01:00","UtcModified":"2019-12-28 02:43:10","GrayPercent":"1e999","Tags":[{"key":1},null]}}`,
		`{"Success":true,"Total":2,"Data":{"SimpleOTAJobInfo":[{"JobId":"job-1","JobStatus":"COMPLETE","Tags":{"OtaTagDTO":{"Key":"k"}}},{}]}}`,
		`{"Success":true,"Total":"3","Data":{"SimpleOTATaskInfo":[{"TaskStatus":"QUEUED"}]}}`,
		`{"Success":true,"Total":102,"FirmwareInfo":{"SimpleFirmwareInfo":[{"FirmwareId":"fw-1","ProductKey":"a1","DestVersion":2.10}]}}`,
		`{"Success":false,"Code":"iot.firmware.InvalidOTAJobId","ErrorMessage":"two\nlines","RequestId":"R"}`,
		`<Error><Code>Throttling.User</Code><Message>&#27;[2J</Message></Error>`, `<!DOCTYPE html><html>log in</html>`,
	} {
		f.Add(200, []byte(seed))
		f.Add(404, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		for _, operation := range aliyun.Operations {
			read, err := readAnswer(t, operation, status, body)
			again, errAgain := readAnswer(t, operation, status, body)
			if err != nil {
				checkError(t, operation, err)
				if errAgain == nil || errAgain.Error() != err.Error() {
					t.Errorf("%s: first %v, then %v", operation, err, errAgain)
				}
				continue
			}
			if diff := cmp.Diff(read, again); diff != "" || errAgain != nil {
				t.Errorf("%s, read twice: error %v (-first +second):\n%s", operation, errAgain, diff)
			}
			written, err := json.Marshal(read)
			if err != nil {
				t.Fatalf("%s: what was read cannot be written: %v", operation, err)
			}
			back, err := readAnswer(t, operation, 200, written)
			if diff := cmp.Diff(read, back); diff != "" || err != nil {
				t.Errorf("%s, written and read again: error %v (-was +is):\n%s", operation, err, diff)
			}
		}
	})
}

// checkError checks what the log, the metrics and /jobs rely on: a known class, and a text
// without line breaks or characters that control a terminal.
func checkError(t *testing.T, operation string, err error) {
	t.Helper()
	failure, ok := errors.AsType[*aliyun.Error](err)
	if !ok || failure.Operation != operation || !slices.Contains(aliyun.Classes, failure.Class) {
		t.Fatalf("%s: %T %+v", operation, err, err)
	}
	if text := err.Error(); !utf8.ValidString(text) || strings.ContainsFunc(text, printable.Unsafe) {
		t.Errorf("%s: the error is not one line of text: %q", operation, text)
	}
}
