package aliyun

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// decodeJob decodes an answer with a batch, which may lack any field. fields are the fields
// that have a note.
func decodeJob(status int, body string) (job *Job, fields []string, failure *Error) {
	var answer struct {
		Data *Job `json:"Data"`
	}
	_, odd, failure := decodeAnswer(OpQueryOTAJob, status, []byte(body), &answer, func(*notes) error {
		if answer.Data == nil {
			return missing("Data")
		}
		return nil
	})
	for _, note := range odd {
		fields = append(fields, note.Field)
	}
	return answer.Data, fields, failure
}

// The API deviates from its documentation. The client reads every unambiguous value. It
// leaves out the others, notes them, and still reads the other fields.
func TestDecodeOddities(t *testing.T) {
	at := func(s int) *time.Time { return new(time.Date(2019, 12, 28, 2, 43, s, 0, time.UTC)) }
	for name, c := range map[string]struct {
		data       string // what the API sends as Data
		want       Job
		unreadable []string // paths of what is left out, for the log
	}{
		"nothing at all":                  {`{}`, Job{}, nil},
		"null is absent":                  {`{"RetryCount":null,"Name":null,"Tags":null}`, Job{}, nil},
		"zero is not absent":              {`{"RetryInterval":0,"NeedPush":false}`, Job{RetryInterval: new(0.0), NeedPush: new(false)}, nil},
		"an empty string is a string":     {`{"JobDesc":""}`, Job{JobDesc: new("")}, nil},
		"an empty string is not a number": {`{"RetryCount":"","NeedPush":"","UtcCreate":" "}`, Job{}, nil},
		"a number as a string":            {`{"RetryCount":" 2 ","GrayPercent":"33.333"}`, Job{RetryCount: new(2.0), GrayPercent: new(33.333)}, nil},
		"a string as a number":            {`{"DestVersion":2.10,"GrayPercent":50}`, Job{DestVersion: new("2.10"), GrayPercent: new(50.0)}, nil},
		"booleans in every form":          {`{"NeedPush":"TRUE","NeedConfirm":0,"MultiModuleMode":"1"}`, Job{NeedPush: new(true), NeedConfirm: new(false), MultiModuleMode: new(true)}, nil},
		"keys in another case":            {`{"jobStatus":"PLANNED","UTCCREATE":"2019-12-28T02:43:10.000Z"}`, Job{JobStatus: new("PLANNED"), UtcCreate: at(10)}, nil},
		"times without seconds":           {`{"UtcCreate":"2019-12-28T02:43Z","UtcModified":"2019-12-28T02:43"}`, Job{UtcCreate: at(0), UtcModified: at(0)}, nil},
		"times without zone are UTC":      {`{"UtcCreate":"2019-12-28T02:43:10.000","UtcModified":"2019-12-28 02:43:10"}`, Job{UtcCreate: at(10), UtcModified: at(10)}, nil},
		"times with another zone":         {`{"UtcCreate":"2019-12-28T10:43:10+08:00"}`, Job{UtcCreate: at(10)}, nil},
		"milliseconds are kept":           {`{"UtcCreate":"2019-12-28T02:43:10.625Z"}`, Job{UtcCreate: new(at(10).Add(625 * time.Millisecond))}, nil},
		"text that is not a number":       {`{"RetryCount":"NaN","RetryInterval":"Inf","TimeoutInMinutes":"0x10","MaximumPerMinute":"1e999","GrayPercent":"50%"}`, Job{}, []string{"Data.MaximumPerMinute", "Data.RetryCount", "Data.RetryInterval", "Data.TimeoutInMinutes", "Data.GrayPercent"}},
		"an object where a text belongs":  {`{"Name":{"a":1},"JobDesc":[1]}`, Job{}, []string{"Data.Name", "Data.JobDesc"}},
		"a bad field among good ones":     {`{"UtcCreate":"yesterday","NeedPush":"perhaps","Name":"n"}`, Job{Name: new("n")}, []string{"Data.UtcCreate", "Data.NeedPush"}},
		"an unknown field":                {`{"Brandnew":{"a":[1]},"Name":"n"}`, Job{Name: new("n")}, nil},
		"lists as documented":             {`{"SrcVersions":{"SrcVersion":["1.0","1.1"]},"Tags":{"OtaTagDTO":[{"Key":"k","Value":"v"}]}}`, Job{SrcVersions: []string{"1.0", "1.1"}, Tags: []Tag{{new("k"), new("v")}}}, nil},
		"lists without their object":      {`{"SrcVersions":["1.0",2],"Tags":[{"key":"k","VALUE":3}]}`, Job{SrcVersions: []string{"1.0", "2"}, Tags: []Tag{{new("k"), new("3")}}}, nil},
		"lists that are empty":            {`{"SrcVersions":{},"Tags":{"OtaTagDTO":null}}`, Job{}, nil},
		"lists that are empty texts":      {`{"SrcVersions":"","Tags":{"OtaTagDTO":[]}}`, Job{}, nil},
		"an element without its list":     {`{"SrcVersions":{"SrcVersion":"1.0"},"Tags":{"OtaTagDTO":{"Key":"k"}}}`, Job{SrcVersions: []string{"1.0"}, Tags: []Tag{{Key: new("k")}}}, nil},
		"elements that cannot be read":    {`{"SrcVersions":["1.0",null,{}],"Tags":[7,{"Key":[]}]}`, Job{SrcVersions: []string{"1.0"}, Tags: []Tag{{}}}, []string{"Data.SrcVersions[]", "Data.Tags[]", "Data.Tags[].Key"}},
		"a list under an unknown name":    {`{"SrcVersions":{"Versions":["1.0"]}}`, Job{}, []string{"Data.SrcVersions"}},
		"a large integer keeps its text":  {`{"FirmwareId":12345678901234567890}`, Job{FirmwareID: new("12345678901234567890")}, nil},
		"invalid UTF-8 becomes U+FFFD":    {"{\"Name\":\"a\xffb\"}", Job{Name: new("a\uFFFDb")}, nil},
		"capitals first, key by key":      {`{"name":"c","Name":"a","NAME":1,"nAme":"b"}`, Job{Name: new("1")}, nil},
		"capitals first, in lists":        {`{"SrcVersions":{"srcVersion":["b"],"SrcVersion":["a"]}}`, Job{SrcVersions: []string{"a"}}, nil},
		"the last of equal keys":          {`{"Name":"a","\u004eame":"b"}`, Job{Name: new("b")}, nil},
		"a key with an escape":            {`{"\u006eAME":"n"}`, Job{Name: new("n")}, nil},
		"spaces everywhere":               {" { \"Name\" :\t\"n\" ,\n\"SrcVersions\" : { \"SrcVersion\" : [ \"1\" , 2 ] } } ", Job{Name: new("n"), SrcVersions: []string{"1", "2"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			job, unreadable, failure := decodeJob(200, `{"Success":true,"Data":`+c.data+`}`)
			if failure != nil {
				t.Fatal(failure)
			}
			if diff := cmp.Diff(&c.want, job); diff != "" {
				t.Errorf("job (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.unreadable, unreadable); diff != "" {
				t.Errorf("unreadable (-want +got):\n%s", diff)
			}
		})
	}
}

// An answer without a batch is an error of the right class, with the code, message and
// request id of the API if it has them.
func TestDecodeAnswerFailures(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   Error  // without Err, Operation and HTTPStatus
		cause  string // text of Err, "" for none
	}{
		"business error":                          {200, `{"RequestId":"R","Success":false,"Code":"iot.firmware.InvalidOTAJobId","ErrorMessage":"wrong"}`, Error{Class: ClassNotFound, Code: "iot.firmware.InvalidOTAJobId", Message: "wrong", RequestID: "R"}, ""},
		"business error with status 500":          {500, `{"Success":false,"Code":"iot.firmware.NullOTAJobId"}`, Error{Class: ClassInvalid, Code: "iot.firmware.NullOTAJobId"}, ""},
		"unknown business error":                  {200, `{"Success":false,"Code":"iot.new.Thing"}`, Error{Class: ClassServer, Code: "iot.new.Thing"}, ""},
		"business error without a code":           {200, `{"requestId":"R","success":false}`, Error{Class: ClassServer, RequestID: "R"}, ""},
		"gateway error":                           {404, `{"RequestId":"R","HostId":"h","Code":"InvalidAccessKeyId.NotFound","Message":"m","Recommend":"r"}`, Error{Class: ClassAuth, Code: "InvalidAccessKeyId.NotFound", Message: "m", RequestID: "R"}, ""},
		"gateway error with status 200":           {200, `{"Code":"Throttling.User","Message":"m"}`, Error{Class: ClassThrottled, Code: "Throttling.User", Message: "m"}, ""},
		"gateway error in XML":                    {400, `<?xml version='1.0'?><Error><RequestId>R</RequestId><Code>Throttling.Api</Code><Message>m</Message></Error>`, Error{Class: ClassThrottled, Code: "Throttling.Api", Message: "m", RequestID: "R"}, ""},
		"business error in XML":                   {200, `<QueryOTAJobResponse><Success>false</Success><Code>iot.system.SystemException</Code></QueryOTAJobResponse>`, Error{Class: ClassServer, Code: "iot.system.SystemException"}, ""},
		"a good answer in XML":                    {200, `<QueryOTAJobResponse><RequestId>R</RequestId><Success>true</Success><Data/></QueryOTAJobResponse>`, Error{Class: ClassDecode, RequestID: "R"}, "the answer is XML, although JSON was requested"},
		"429 without a body":                      {429, ``, Error{Class: ClassThrottled}, "the answer is empty"},
		"a proxy's HTML with 502":                 {502, `<html>bad gateway</html>`, Error{Class: ClassServer}, "the answer is an HTML page, as from a proxy"},
		"a portal's HTML with 200":                {200, ` <!DOCTYPE html><html>log in</html>`, Error{Class: ClassDecode}, "the answer is an HTML page, as from a proxy"},
		"a proxy's HTML with 403":                 {403, `<HTML>no</HTML>`, Error{Class: ClassDecode}, "the answer is an HTML page, as from a proxy"},
		"an unknown gateway code with 4xx":        {400, `{"Code":"MissingParameter","Message":"m"}`, Error{Class: ClassInvalid, Code: "MissingParameter", Message: "m"}, ""},
		"an empty answer":                         {200, ``, Error{Class: ClassDecode}, "the answer is empty"},
		"an incomplete answer":                    {200, `{"Success":true,"Data":{"Name":"`, Error{Class: ClassDecode}, "the answer is not JSON: unexpected end of JSON input"},
		"success without Data":                    {200, `{"RequestId":"R","Success":true}`, Error{Class: ClassDecode, RequestID: "R"}, "the answer has Success but no Data"},
		"success with Data null":                  {200, `{"Success":true,"Data":null}`, Error{Class: ClassDecode}, "the answer has Success but no Data"},
		"success with Data that is not an object": {200, `{"Success":true,"Data":"x"}`, Error{Class: ClassDecode}, "the answer has Success but no Data"},
		"Data without Success":                    {200, `{"Data":{"Name":"n"}}`, Error{Class: ClassDecode}, "the answer has neither Success nor Code"},
		"JSON that is not an object":              {200, `[]`, Error{Class: ClassDecode}, "the answer is a JSON array, not an object"},
		"JSON null":                               {200, `null`, Error{Class: ClassDecode}, "the answer has neither Success nor Code"},
		"Success true with status 500":            {500, `{"Success":true,"Data":{}}`, Error{Class: ClassServer}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := decodeJob(c.status, c.body)
			if err == nil {
				t.Fatal("no error")
			}
			cause := ""
			if err.Err != nil {
				cause = err.Err.Error()
			}
			if cause != c.cause {
				t.Errorf("cause %q, want %q", cause, c.cause)
			}
			got, want := *err, c.want
			got.Err = nil
			want.Operation, want.HTTPStatus = OpQueryOTAJob, c.status
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
