package pages

import (
	"cmp"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
)

// outage is a cause for which calls of an account fail, whatever they are about. The page
// shows it once, instead of once for each batch.
type outage struct {
	*failure
	Account    string
	Operations []string // that fail
	Batches    int      // whose last poll failed for this cause
	Counts     int      // batches whose devices could not be counted
	Lists      int      // that could not be read
	Files      []string // with the secrets of the account, if its key is at fault

	err      *aliyun.Error // the last one
	instance aliyun.Instance
	last     time.Time
}

// cause is what the failures of an outage have in common.
type cause struct {
	account   string
	class     aliyun.Class
	code      string
	cause     aliyun.Cause
	operation string // "": any
	url       string // "": any
}

// source is where answers come from: while one is answered, its failures are not an outage.
type source struct{ account, operation, url string }

// causeOf returns the cause of a failure. ok is false if the failure is about one batch or list,
// or if it passes by itself.
func causeOf(account string, in aliyun.Instance, e *aliyun.Error) (c cause, ok bool) {
	c = cause{account: account, class: e.Class, code: e.Code, cause: e.Cause}
	if e.Cause == aliyun.CauseList || e.Cause == aliyun.CauseLimit { // the answers are about one list
		return c, false
	}
	switch e.Class {
	case aliyun.ClassThrottled, aliyun.ClassNotFound, aliyun.ClassInvalid:
		return c, false
	case aliyun.ClassAuth: // there is one key for everything
	case aliyun.ClassPermission: // RAM grants operations
		c.operation = e.Operation
	default:
		c.url = in.URL
	}
	return c, true
}

// outages finds the outages of accounts.
type outages struct {
	answered map[source]time.Time // when the last call began that was answered
	of       map[cause]*outage
}

// findOutages finds the outages in the failures of all batches and lists, and sets those of the
// rows. It returns them sorted by account, and the failing lists that they do not explain.
func findOutages(rows []*pageRow, lists []poll.ListFailure) (found []*outage, others []poll.ListFailure) {
	if len(lists) == 0 && !slices.ContainsFunc(rows, func(r *pageRow) bool { return r.Err != nil || r.DevicesErr != nil }) {
		return nil, nil
	}
	o := outages{make(map[source]time.Time), make(map[cause]*outage)}
	for _, r := range rows {
		o.answer(source{r.Account, aliyun.OpQueryOTAJob, r.Instance.URL}, r.AsOf)
		if r.Devices != nil {
			o.answer(source{r.Account, aliyun.OpListOTATaskByJob, r.Instance.URL}, r.Devices.AsOf)
		}
	}
	for _, f := range lists {
		o.answer(source{f.Account, f.Err.Operation, f.Instance.URL}, f.Answered)
	}
	for _, r := range rows {
		if r.pollOutage = o.put(r.Account, r.Instance, r.Err, r.ErrAt); r.pollOutage != nil {
			r.pollOutage.Batches++
		}
		if r.countOutage = o.put(r.Account, r.Instance, r.DevicesErr, r.Answer(aliyun.OpListOTATaskByJob).At); r.countOutage != nil {
			r.countOutage.Counts++
		}
	}
	ofList := make([]*outage, len(lists))
	for i, f := range lists {
		if ofList[i] = o.put(f.Account, f.Instance, f.Err, f.At); ofList[i] != nil {
			ofList[i].Lists++
		}
	}
	for i, f := range lists {
		if !ofList[i].explains() {
			others = append(others, f)
		}
	}
	for _, of := range o.of {
		if of.explains() {
			found = append(found, of)
		}
	}
	slices.SortFunc(found, func(a, b *outage) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.err.Class, b.err.Class), cmp.Compare(a.err.Code, b.err.Code),
			slices.Compare(a.Operations, b.Operations), cmp.Compare(a.instance.URL, b.instance.URL))
	})
	return found, others
}

// answer takes up that a call was answered that began at a time.
func (o *outages) answer(from source, began time.Time) {
	if began.After(o.answered[from]) {
		o.answered[from] = began
	}
}

// put adds a failure to the outage that it is part of, and returns the outage; nil: it is part
// of none, or there is no failure.
func (o *outages) put(account string, in aliyun.Instance, e *aliyun.Error, at time.Time) *outage {
	if e == nil {
		return nil
	}
	why, ok := causeOf(account, in, e)
	if !ok || !at.After(o.answered[source{account, e.Operation, in.URL}]) {
		return nil
	}
	of := o.of[why]
	if of == nil {
		of = &outage{Account: account, err: e, instance: in, last: at}
		o.of[why] = of
	}
	if at.After(of.last) {
		of.err, of.last = e, at
	}
	if !slices.Contains(of.Operations, e.Operation) {
		of.Operations = append(of.Operations, e.Operation)
		slices.Sort(of.Operations)
	}
	return of
}

// explains reports whether the outage is shown in place of the failures that are part of it. One
// failure alone may be about its batch, but not if the account has no key or no permission.
func (of *outage) explains() bool {
	if of == nil {
		return false
	}
	return max(of.Batches, of.Counts)+of.Lists > 1 || of.err.Class == aliyun.ClassAuth || of.err.Class == aliyun.ClassPermission
}

// showOutages adds the outages to the page.
func (v *pageView) showOutages(found []*outage, poller *poll.Poller) {
	v.Outages = found[:min(len(found), maxOutages)]
	v.MoreOutages = len(found) - len(v.Outages)
	for _, of := range v.Outages {
		of.failure = newFailure(of.err, of.instance, of.subject(), newMoment(of.last, v.now), 0)
		if of.err.Class == aliyun.ClassAuth {
			of.Files = poller.SecretFiles(of.Account)
		}
	}
}

// subject is what the calls were about, as in [advice.Cure].
func (of *outage) subject() phrase.Text {
	if n := of.Batches + of.Counts; n > 1 || of.Lists == 0 {
		return phrase.Of("these %s jobs", phrase.Number(max(of.Batches, of.Counts)))
	}
	return phrase.Of("these %s lists", phrase.Number(of.Lists))
}

// maxOutages is the maximum number of outages on the page. Each is one of an account.
const maxOutages = 20
