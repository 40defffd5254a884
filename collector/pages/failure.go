package pages

import (
	"regexp"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/advice"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// failure is a failed call as a page shows it: first the cure, then what happened, and the
// text of the API for those who want to know.
type failure struct {
	Cure     phrase.Text
	Class    string
	Code     string  // "": the API sent none
	Age      *moment // nil: unknown
	Failures int     // calls in a row that failed; 0: unknown
	// Text is what the API or the network said, without what the caller knows; "": nothing.
	Text      string
	RequestID string // "": there was no answer, or it has none
}

// newFailure returns the failure of a call to an instance. subject is what was asked for, as in
// [advice.Cure].
func newFailure(e *aliyun.Error, in aliyun.Instance, subject phrase.Text, age *moment, failures int) *failure {
	f := &failure{
		Cure: advice.Cure(e, in, subject), Class: string(e.Class), Code: e.Code, Age: age, Failures: failures, RequestID: e.RequestID,
	}
	switch {
	case e.Message != "":
		f.Text = withoutRequest(e.Message)
	case e.Err != nil:
		f.Text = withoutRequest(e.Err.Error())
	}
	return f
}

// request matches the beginning of the request that a gateway repeats when it refuses a
// signature. Its many lines hide the sentence in front of them.
var request = regexp.MustCompile(`(?i)[\s.,:;]*\bserver[ ']*(string ?to ?sign|canonical ?request)`)

// withoutRequest returns a text of the API without the request that it repeats.
func withoutRequest(text string) string {
	if at := request.FindStringIndex(printable.Cut(text, maxText)); at != nil && at[0] > 0 {
		return text[:at[0]] + " …"
	}
	return text
}

// Failure returns the failure of the last poll, nil if it succeeded or if an outage of the
// account explains it.
func (r *pageRow) Failure() *failure {
	if r.Err == nil || r.pollOutage.explains() {
		return nil
	}
	return newFailure(r.Err, r.Instance, r.subject(), r.moment(r.ErrAt), r.Failures)
}

// CountFailure returns the failure of the last count of the devices, like Failure. It returns
// nil if the last poll failed in the same way.
func (r *pageRow) CountFailure() *failure {
	if r.DevicesErr == nil || r.countOutage.explains() ||
		r.Err != nil && r.Err.Class == r.DevicesErr.Class && r.Err.Code == r.DevicesErr.Code {
		return nil
	}
	return newFailure(r.DevicesErr, r.Instance, r.subject(), r.moment(r.Answer(aliyun.OpListOTATaskByJob).At), 0)
}

// OldCounts returns the age of the numbers of devices if it is worth a word: the devices could
// not be counted since. Else it returns nil.
func (r *pageRow) OldCounts() *moment {
	if r.Devices == nil || r.DevicesErr == nil && (!r.WantsCount() || r.now.Sub(r.Devices.AsOf) < oldCounts) {
		return nil
	}
	return r.CountsAge()
}

// oldCounts is more than the default time between two counts, but not so much that a slow
// exporter marks every batch.
const oldCounts = 10 * time.Minute

// subject is what calls about the batch were about, as in [advice.Cure].
func (r *pageRow) subject() phrase.Text { return phrase.Of("job %s", r.JobID) }
