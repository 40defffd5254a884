package aliyun

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
)

// OpQueryOTAJob reads one batch. The string is the API's name of the operation, the RAM
// action after "iot:", and a label value.
const OpQueryOTAJob = "QueryOTAJob"

// Instance is an instance of IoT Platform and how to call it.
type Instance struct {
	URL       string // http(s)://host[:port]
	ID        string // IotInstanceId; "" is the public instance
	RegionID  string // RegionId, which only signature v1 sends; "" if the endpoint needs none
	Signature signature.Version
}

// NameOf returns the id of an instance for messages. The public instance has none.
func NameOf(in Instance) string { return cmp.Or(in.ID, "(public)") }

// misprints maps wrong spellings on some pages of the API to the documented values.
var misprints = map[string]string{
	"COMPLETE":        StatusCompleted,
	"VERFIY_FIRMWARE": "VERIFY_FIRMWARE",
}

// QueryOTAJob returns one batch, which has a JobStatus, and the RequestId of the answer,
// which may be "". Every error is an [*Error], with the RequestId of its own.
func (c *Client) QueryOTAJob(ctx context.Context, in Instance, jobID string) (job *Job, requestID string, err error) {
	var answer struct {
		Data *struct {
			JobID *string `json:"JobId" max:"1048576"` // compared, not kept
			Job
		} `json:"Data"`
	}
	requestID, err = c.call(ctx, OpQueryOTAJob, in, url.Values{"JobId": {jobID}}, &answer, func(odd *notes) error {
		if answer.Data == nil {
			return missing("Data")
		}
		correct(&answer.Data.JobStatus, &answer.Data.JobType)
		if answer.Data.JobStatus == nil {
			return missing("JobStatus")
		}
		return c.echo.job.check("JobId", jobID, odd, answer.Data.JobID)
	})
	if err != nil {
		return nil, "", err
	}
	return &answer.Data.Job, requestID, nil
}

// correct replaces misprints in place, and blank values by nil.
func correct(values ...**string) {
	for _, value := range values {
		if *value == nil {
			continue
		}
		text := strings.TrimSpace(**value)
		if meant, ok := misprints[text]; ok {
			text = meant
		}
		*value = &text
		if text == "" {
			*value = nil
		}
	}
}
