package aliyun_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// largest is the size of the largest answer that the client accepts, in bytes.
const largest = 1 << 20

// fill repeats a text until the answer has the size largest.
func fill(before, again, after string) string {
	return before + strings.Repeat(again, (largest-len(before)-len(after))/len(again)) + after
}

// count is like fill, but replaces the verb in again with an increasing number.
func count(before, again, after string) string {
	var b strings.Builder
	b.WriteString(before)
	for n := 0; b.Len() < largest-len(after)-len(again)-8; n++ {
		fmt.Fprintf(&b, again, n)
	}
	b.WriteString(after)
	return b.String()
}

// batch is the beginning of an answer to QueryOTAJob with one more field.
func batch(field string) string {
	return `{"Success":true,"Data":{"JobStatus":"IN_PROGRESS","` + field + `":`
}

// costlyAnswers have the size largest. Each is slow to read if any step takes more than
// linear time for it.
var costlyAnswers = map[string]struct{ operation, body string }{
	"a message of backslashes":       {aliyun.OpQueryOTAJob, fill(`{"Code":"Throttling","Message":"`, `\\`, `"}`)},
	"a message of percent signs":     {aliyun.OpQueryOTAJob, fill(`{"Code":"Throttling","Message":"`, `%`, `"}`)},
	"a message of encoded ones":      {aliyun.OpQueryOTAJob, fill(`{"Code":"Throttling","Message":"%`, `25`, `"}`)},
	"a message of ampersands":        {aliyun.OpQueryOTAJob, fill(`{"Code":"Throttling","Message":"`, `&`, `"}`)},
	"a message like the secret":      {aliyun.OpQueryOTAJob, fill(`{"Code":"Throttling","Message":"`, `hush-secre`, `"}`)},
	"a message of secrets":           {aliyun.OpQueryOTAJob, fill(`{"Code":"Throttling","Message":"`, `hush-secret`, `"}`)},
	"a code of dots":                 {aliyun.OpQueryOTAJob, fill(`{"Success":false,"Code":"`, `iot.not`, `"}`)},
	"lists in lists":                 {aliyun.OpQueryOTAJob, fill(`{"Success":true,"Data":`, `[`, ``)},
	"lists in lists that end":        {aliyun.OpQueryOTAJob, `{"Success":true,"Data":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `}`},
	"nothing but brackets":           {aliyun.OpQueryOTAJob, fill(``, `[`, ``)},
	"objects in objects":             {aliyun.OpQueryOTAJob, fill(``, `{"Data":`, ``)},
	"elements in elements":           {aliyun.OpQueryOTAJob, fill(``, `<a>`, ``)},
	"elements beside each other":     {aliyun.OpQueryOTAJob, fill(`<Error><Code>Throttling</Code>`, `<Code/>`, `</Error>`)},
	"attributes":                     {aliyun.OpQueryOTAJob, fill(`<Error `, `a="" `, `/>`)},
	"entities":                       {aliyun.OpQueryOTAJob, fill(`<!DOCTYPE a [<!ENTITY a "aaaaaaaa">]><Error><Code>`, `&a;`, `</Code></Error>`)},
	"entities of entities":           {aliyun.OpQueryOTAJob, count(`<!DOCTYPE a [<!ENTITY a0 "aaaaaaaa">`, `<!ENTITY a "&a0;&a%d;">`, `]><Error><Code>&a;</Code></Error>`)},
	"keys":                           {aliyun.OpQueryOTAJob, fill(`{"Success":true,"Data":{`, `"a":1,`, `"b":1}}`)},
	"different keys":                 {aliyun.OpQueryOTAJob, count(`{"Success":true,"Data":{"JobStatus":"IN_PROGRESS"`, `,"%d":1`, `}}`)},
	"different keys of the envelope": {aliyun.OpQueryOTAJob, count(`{"Success":true,"Data":{"JobStatus":"IN_PROGRESS"}`, `,"%d":1`, `}`)},
	"a long key":                     {aliyun.OpQueryOTAJob, fill(`{"Success":true,"Data":{"JobStatus":"IN_PROGRESS","`, `A`, `":1}}`)},
	"one key, spelled in every way":  {aliyun.OpQueryOTAJob, fill(`{"Success":true,"Data":{`, `"nAME":1,"Name":2,"NaMe":3,`, `"b":1}}`)},
	"entries that cannot be read":    {aliyun.OpQueryOTAJob, fill(batch("Tags")+`[`, `0,`, `0]}}`)},
	"versions":                       {aliyun.OpQueryOTAJob, count(batch("SrcVersions")+`[""`, `,"%d"`, `]}}`)},
	"one version, again and again":   {aliyun.OpQueryOTAJob, fill(batch("SrcVersions")+`["1"`, `,"1"`, `]}}`)},
	"tags":                           {aliyun.OpQueryOTAJob, count(batch("Tags")+`[{}`, `,{"Key":"%d"}`, `]}}`)},
	"one tag, spelled in every way":  {aliyun.OpQueryOTAJob, fill(batch("Tags")+`[{}`, `,{"Key":"a","Value":"b"},{"value":"b","KEY":"a"}`, `]}}`)},
	"tags of 8 KiB":                  {aliyun.OpQueryOTAJob, count(batch("Tags")+`[{}`, `,{"Key":"%d","Value":"`+strings.Repeat("a", 8<<10)+`"}`, `]}}`)},
	"a long name":                    {aliyun.OpQueryOTAJob, fill(batch("Name")+`"`, `a`, `"}}`)},
	"a long status":                  {aliyun.OpQueryOTAJob, fill(batch("jobStatus")+`"`, `a`, `"}}`)},
	"a number of many digits":        {aliyun.OpQueryOTAJob, fill(batch("RetryCount"), `1`, `}}`)},
	"a version of many digits":       {aliyun.OpQueryOTAJob, fill(batch("DestVersion"), `1`, `}}`)},
	"a time of many digits":          {aliyun.OpQueryOTAJob, fill(batch("UtcCreate")+`"2019-12-28T02:43:10.`, `1`, `Z"}}`)},
	"spaces":                         {aliyun.OpQueryOTAJob, fill(batch("RetryCount")+`"`, ` `, `"}}`)},
	"no text at all":                 {aliyun.OpQueryOTAJob, fill(``, "\xff", ``)},
	"byte order marks":               {aliyun.OpQueryOTAJob, fill(``, "\xef\xbb\xbf", ``)},
	"packages":                       {aliyun.OpListOTAFirmware, count(`{"Success":true,"Total":1,"FirmwareInfo":[{"FirmwareId":"a"}`, `,{"FirmwareId":"%d"}`, `]}`)},
	"packages without anything":      {aliyun.OpListOTAFirmware, fill(`{"Success":true,"Total":1,"FirmwareInfo":[{}`, `,{}`, `]}`)},
	"batches":                        {aliyun.OpListOTAJobByFirmware, count(`{"Success":true,"Total":1,"Data":[{"JobId":"a"}`, `,{"JobId":"%d"}`, `]}`)},
	"a batch with tags":              {aliyun.OpListOTAJobByFirmware, count(`{"Success":true,"Total":1,"Data":[{"JobId":"a","Tags":[{}`, `,{"Key":"%d"}`, `]}]}`)},
	"batches with tags":              {aliyun.OpListOTAJobByFirmware, count(`{"Success":true,"Total":1,"Data":[{"JobId":"a"}`, `,{"JobId":"%d","Tags":[`+strings.Repeat(`{"Key":"a"},`, 300)+`{}]}`, `]}`)},
	"devices in a state each":        {aliyun.OpListOTATaskByJob, count(`{"Success":true,"Total":1,"Data":[{"TaskStatus":"a"}`, `,{"TaskStatus":"%d"}`, `]}`)},
	"devices in states of 10 kB":     {aliyun.OpListOTATaskByJob, count(`{"Success":true,"Total":1,"Data":[{"TaskStatus":"a"}`, `,{"TaskStatus":"%d`+strings.Repeat("a", 10_000)+`"}`, `]}`)},
}

// Reading an answer takes linear time for any content: quadratic time would be minutes of
// CPU per answer. The result is not larger than a batch or a page can be.
func TestAnswersThatAreCostlyToRead(t *testing.T) {
	for name, c := range costlyAnswers {
		t.Run(name, func(t *testing.T) {
			if len(c.body) > largest {
				t.Fatalf("it has %d bytes", len(c.body))
			}
			start := time.Now()
			read, err := readAnswer(t, c.operation, 200, []byte(c.body))
			if took := time.Since(start); took > 30*time.Second { // usually 0.1 s; a slow machine under -race needs far more
				t.Errorf("it took %v", took)
			}
			if err != nil {
				if len(err.Error()) > 4096 {
					t.Errorf("it fails with %d bytes of text", len(err.Error()))
				}
				return
			}
			most := 128 << 10 // bytes of a batch
			if c.operation != aliyun.OpQueryOTAJob {
				most = largest
			}
			if kept, err := json.Marshal(read); err != nil || len(kept) > most {
				t.Errorf("%d bytes are kept, want at most %d (error %v)", len(kept), most, err)
			}
		})
	}
}

func BenchmarkCostlyAnswers(b *testing.B) {
	for name, c := range costlyAnswers {
		b.Run(name, func(b *testing.B) {
			client := aliyun.NewClient(signing, aliyun.Options{Transport: givenAnswer{200, []byte(c.body)}})
			b.ReportAllocs()
			for b.Loop() {
				switch in := (aliyun.Instance{URL: "http://endpoint"}); c.operation {
				case aliyun.OpListOTAFirmware:
					client.ListOTAFirmware(b.Context(), in, "a1", 1)
				case aliyun.OpListOTAJobByFirmware:
					client.ListOTAJobByFirmware(b.Context(), in, "fw-1", 1)
				case aliyun.OpListOTATaskByJob:
					client.ListOTATaskByJob(b.Context(), in, "job-1", "", 100)
				default:
					client.QueryOTAJob(b.Context(), in, "job-1")
				}
			}
		})
	}
}
