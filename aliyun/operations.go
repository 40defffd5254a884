package aliyun

import (
	"context"
	"net/url"
)

// OpQueryOTAJob tells everything about one batch. It is the API's name, the
// RAM action behind "iot:", and a label value.
const OpQueryOTAJob = "QueryOTAJob"

// Instance is where the calls about its batches go.
type Instance struct {
	URL       string // http(s)://host[:port]
	ID        string // IotInstanceId; "" is the public instance
	RegionID  string // RegionId, which only v1 sends; "" where the endpoint needs none
	Signature Signature
}

// misprints are values that some pages of the API print for documented ones.
var misprints = map[string]string{
	"COMPLETE":        StatusCompleted,
	"VERFIY_FIRMWARE": "VERIFY_FIRMWARE",
}

// QueryOTAJob asks for one batch. Every error is an [*Error].
func (c *Client) QueryOTAJob(ctx context.Context, in Instance, jobID string) (*Job, error) {
	var answer struct {
		Data *Job `json:"Data"`
	}
	err := c.call(ctx, OpQueryOTAJob, in, url.Values{"JobId": {jobID}}, &answer,
		func() bool { return answer.Data != nil })
	if err != nil {
		return nil, err
	}
	correct(answer.Data.JobStatus, answer.Data.JobType)
	return answer.Data, nil
}

// correct replaces misprints in place.
func correct(values ...*string) {
	for _, value := range values {
		if value == nil {
			continue
		}
		if meant, ok := misprints[*value]; ok {
			*value = meant
		}
	}
}
