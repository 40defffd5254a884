package aliyun_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// lister makes one call of a list. entries is a slice of the operation's own type.
type lister func(t *testing.T, c *aliyun.Client, in aliyun.Instance) (total int, entries any, err error)

var listers = map[string]lister{
	aliyun.OpListOTAFirmware: func(t *testing.T, c *aliyun.Client, in aliyun.Instance) (int, any, error) {
		l, err := c.ListOTAFirmware(t.Context(), in, "a1", 3)
		return l.Total, l.Entries, err
	},
	aliyun.OpListOTAJobByFirmware: func(t *testing.T, c *aliyun.Client, in aliyun.Instance) (int, any, error) {
		l, err := c.ListOTAJobByFirmware(t.Context(), in, "fw-1", 2)
		return l.Total, l.Entries, err
	},
	aliyun.OpListOTATaskByJob: func(t *testing.T, c *aliyun.Client, in aliyun.Instance) (int, any, error) {
		l, err := c.ListOTATaskByJob(t.Context(), in, "job-1", "QUEUED", 1)
		return l.Total, l.Entries, err
	},
}

// answered calls a list operation of a server that gives this answer.
func answered(t *testing.T, operation, answer string) (total int, entries any, seen *http.Request, failure *aliyun.Error) {
	t.Helper()
	failure = serve(t, aliyun.Options{}, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		fmt.Fprint(w, answer)
	}, func(c *aliyun.Client, in aliyun.Instance) (err error) {
		total, entries, err = listers[operation](t, c, in)
		return err
	})
	return total, entries, seen, failure
}

// Each list requests the largest page of the API, except for the device tasks, of which
// only the Total is needed.
func TestListsOnTheWire(t *testing.T) {
	for operation, want := range map[string]string{
		aliyun.OpListOTAFirmware:      "CurrentPage=3&IotInstanceId=iot-1&PageSize=100&ProductKey=a1",
		aliyun.OpListOTAJobByFirmware: "CurrentPage=2&FirmwareId=fw-1&IotInstanceId=iot-1&PageSize=200",
		aliyun.OpListOTATaskByJob:     "CurrentPage=1&IotInstanceId=iot-1&JobId=job-1&PageSize=1&TaskStatus=QUEUED",
	} {
		t.Run(operation, func(t *testing.T) {
			_, _, seen, err := answered(t, operation, `{"Success":true,"Total":0}`)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, seen.URL.RawQuery); diff != "" || seen.Header.Get("X-Acs-Action") != operation {
				t.Errorf("action %s (-want +got):\n%s", seen.Header.Get("X-Acs-Action"), diff)
			}
		})
	}
}

// Lists are read in every form that the API sends or documents, and in similar forms.
func TestListAnswers(t *testing.T) {
	at := time.Date(2019, 12, 28, 2, 43, 10, 0, time.UTC)
	firmwares := []aliyun.Firmware{{FirmwareID: new("fw-1"), ProductKey: new("a1"), DestVersion: new("2")}, {FirmwareID: new("fw-2")}}
	none := []aliyun.Firmware(nil) // cmp.Diff tells a typed nil from any(nil)
	for name, c := range map[string]struct {
		operation, answer string
		total             int
		entries           any // a list of the operation's own type
	}{
		"packages": {aliyun.OpListOTAFirmware, `{"Success":true,"Total":102,"PageSize":100,"FirmwareInfo":{"SimpleFirmwareInfo":[{"FirmwareId":"fw-1","ProductKey":"a1","DestVersion":"2"},{"FirmwareId":"fw-2"}]}}`,
			102, firmwares},
		"packages, not nested": {aliyun.OpListOTAFirmware, `{"Success":true,"Total":2,"FirmwareInfo":[{"FirmwareId":"fw-1","ProductKey":"a1","DestVersion":"2"},{"FirmwareId":"fw-2"}]}`,
			2, firmwares},
		"keys and numbers spelled otherwise": {aliyun.OpListOTAFirmware, `{"success":"true","total":"2","firmwareInfo":{"simpleFirmwareInfo":[{"firmwareId":"fw-1","productKey":"a1","destVersion":2},{"firmwareid":"fw-2"}]}}`,
			2, firmwares},
		"one package, not in a list": {aliyun.OpListOTAFirmware, `{"Success":true,"Total":1,"FirmwareInfo":{"SimpleFirmwareInfo":{"FirmwareId":"fw-2"}}}`, 1, firmwares[1:]},
		"an empty list":              {aliyun.OpListOTAFirmware, `{"Success":true,"Total":0,"FirmwareInfo":{"SimpleFirmwareInfo":[]}}`, 0, none},
		"a null list":                {aliyun.OpListOTAFirmware, `{"Success":true,"Total":0,"FirmwareInfo":{"SimpleFirmwareInfo":null}}`, 0, none},
		"no list":                    {aliyun.OpListOTAFirmware, `{"Success":true,"Total":0,"FirmwareInfo":{}}`, 0, none},
		"an empty text for a list":   {aliyun.OpListOTAFirmware, `{"Success":true,"Total":0,"FirmwareInfo":""}`, 0, none},
		"no data":                    {aliyun.OpListOTAFirmware, `{"Success":true,"Total":0}`, 0, none},
		"batches": {aliyun.OpListOTAJobByFirmware, `{"Success":true,"Total":1,"Data":{"SimpleOTAJobInfo":[{"JobId":"job-1","JobStatus":"IN_PROGRESS","JobType":"UPGRADE_FIRMWARE",
			"ProductKey":"a1","FirmwareId":"fw-1","SelectionType":"STATIC","TargetSelection":"ALL","Tags":{"OtaTagDTO":[{"Key":"k","Value":"v"}]},
			"UtcCreate":"2019-12-28T02:43:10.000Z","UtcModified":"2019-12-28T02:43:10Z","UtcStartTime":"2019-12-28T02:43:10","UtcEndTime":""}]}}`,
			1, []aliyun.JobSummary{{
				JobID: new("job-1"), JobStatus: new("IN_PROGRESS"), JobType: new("UPGRADE_FIRMWARE"), ProductKey: new("a1"), FirmwareID: new("fw-1"),
				SelectionType: new("STATIC"), TargetSelection: new("ALL"), Tags: []aliyun.Tag{{Key: new("k"), Value: new("v")}},
				UtcCreate: &at, UtcModified: &at, UtcStartTime: &at,
			}}},
		"a batch with misprints": {aliyun.OpListOTAJobByFirmware, `{"Success":true,"Total":1,"Data":{"SimpleOTAJobInfo":[{"JobId":"job-1","JobStatus":"COMPLETE","JobType":"VERFIY_FIRMWARE"}]}}`,
			1, []aliyun.JobSummary{{JobID: new("job-1"), JobStatus: new("COMPLETED"), JobType: new("VERIFY_FIRMWARE")}}},
		"a batch with fields that cannot be read": {aliyun.OpListOTAJobByFirmware, `{"Success":true,"Total":2,"Data":{"SimpleOTAJobInfo":[{"JobId":"job-1","JobStatus":{},"UtcModified":"yesterday","Tags":7},"rubbish",{"JobId":"job-2"}]}}`,
			2, []aliyun.JobSummary{{JobID: new("job-1")}, {JobID: new("job-2")}}},
		"devices": {aliyun.OpListOTATaskByJob, `{"Success":true,"Total":1000000,"Data":{"SimpleOTATaskInfo":[{"TaskId":"t","TaskStatus":"QUEUED"}]}}`,
			1_000_000, []aliyun.Task{{TaskStatus: new("QUEUED")}}},
	} {
		t.Run(name, func(t *testing.T) {
			total, entries, _, err := answered(t, c.operation, c.answer)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.entries, entries); diff != "" || total != c.total {
				t.Errorf("total %d, want %d (-want +got):\n%s", total, c.total, diff)
			}
		})
	}
}

// A list without a Total is an error: it may be incomplete.
func TestListFailures(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		class  aliyun.Class
		text   string // a part of the error
	}{
		"no Total":                  {`{"Success":true,"Data":{}}`, aliyun.ClassDecode, "the answer has Success but no Total"},
		"a Total that is null":      {`{"Success":true,"Total":null,"Data":{}}`, aliyun.ClassDecode, "no Total"},
		"a Total that is a text":    {`{"Success":true,"Total":"many"}`, aliyun.ClassDecode, "no Total"},
		"a negative Total":          {`{"Success":true,"Total":-1}`, aliyun.ClassDecode, "-1 as Total, which is not a count"},
		"half a Total":              {`{"Success":true,"Total":1.5}`, aliyun.ClassDecode, "1.5 as Total, which is not a count"},
		"a Total that is too large": {`{"Success":true,"Total":1e300}`, aliyun.ClassDecode, "1e+300 as Total, which is not a count"},
		"no Success":                {`{"Total":1}`, aliyun.ClassDecode, ""},
		"nothing":                   {``, aliyun.ClassDecode, "empty"},
		"a package that is gone":    {`{"Success":false,"Code":"iot.firmware.FirmwareNotFound","ErrorMessage":"gone"}`, aliyun.ClassNotFound, "FirmwareNotFound"},
		"another bad package":       {`{"Success":false,"Code":"iot.firmware.InvalidFirmwareId"}`, aliyun.ClassNotFound, ""},
		"a wrong product":           {`{"Success":false,"Code":"iot.prod.NotExistedProduct"}`, aliyun.ClassInvalid, ""},
		"a wrong state":             {`{"Success":false,"Code":"iot.firmware.InvalidTaskStatus"}`, aliyun.ClassInvalid, ""},
		"throttled":                 {`{"Code":"Throttling.User","Message":"slow down"}`, aliyun.ClassThrottled, ""},
		"a missing permission":      {`{"Code":"Forbidden.RAM","Message":"no"}`, aliyun.ClassPermission, ""},
	} {
		for operation := range listers { // they share the code that reads answers
			t.Run(name+"/"+operation, func(t *testing.T) {
				_, _, _, err := answered(t, operation, c.answer)
				if err == nil {
					t.Fatal("no error")
				}
				if err.Class != c.class || err.Operation != operation || !strings.Contains(err.Error(), c.text) {
					t.Errorf("class %s, want %s: %v", err.Class, c.class, err)
				}
			})
		}
	}
}

// The error shows a large Total as an integer.
func TestFirstPageWithoutEntries(t *testing.T) {
	err := serve(t, aliyun.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"Success":true,"Total":1000000}`)
	}, func(c *aliyun.Client, in aliyun.Instance) error {
		_, err := c.ListOTAJobByFirmware(t.Context(), in, "fw-1", 1)
		return err
	})
	if err == nil || err.Class != aliyun.ClassDecode || !strings.Contains(err.Error(), "the answer has 1000000 as Total, but no entries") {
		t.Error(err)
	}
}
