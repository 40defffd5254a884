package gateway

import (
	"net/http"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// operation is one operation of the API.
type operation struct {
	// answer returns the fields of the answer except RequestId and Success.
	answer func(*fleet.Fleet, *call, time.Time) (fleet.Record, *apiError)
	list   *list // nil if the answer is not a list
}

// operations are the operations that the gateway serves.
var operations = map[string]operation{
	"QueryOTAJob":          {queryOTAJob, nil},
	"ListOTAJobByFirmware": {listOTAJobByFirmware, &jobList},
	"ListOTAFirmware":      {listOTAFirmware, &firmwareList},
	"ListOTATaskByJob":     {listOTATaskByJob, &taskList},
}

func served(operation string) bool { return operations[operation].answer != nil }

// run answers a call. If refused is not nil, it answers with that error.
func (c *call) run(f *fleet.Fleet, now time.Time, refused *apiError) answer {
	var r fleet.Record
	if refused == nil {
		r, refused = operations[c.action].answer(f, c, now)
	}
	if refused != nil {
		return c.refusal(refused)
	}
	return c.success("", r)
}

// success returns an answer with these fields. The answer is counted under code.
func (c *call) success(code string, r fleet.Record) answer {
	r = append(r, fleet.Field{Name: "RequestId", Value: c.id}, fleet.Field{Name: "Success", Value: true})
	return c.answer(http.StatusOK, code, c.action+"Response", r)
}

func queryOTAJob(f *fleet.Fleet, c *call, now time.Time) (fleet.Record, *apiError) {
	j, refused := c.job(f)
	if refused != nil {
		return nil, refused
	}
	return fleet.Record{{Name: "Data", Value: j.Record(now)}}, nil
}

// job returns the batch for which a call asks.
func (c *call) job(f *fleet.Fleet) (*fleet.Job, *apiError) {
	id, refused := c.required("JobId")
	if refused != nil {
		return nil, refused
	}
	if id == "" {
		return nil, businessError("iot.firmware.NullOTAJobId")
	}
	j := f.Job(id)
	if j == nil || j.Account != c.owner {
		return nil, c.notFound(f, "iot.firmware.InvalidOTAJobId")
	}
	return j, c.instance(f, j.InstanceID)
}

// instance returns an error unless a call names the instance holds, which has the
// requested batch, package or list.
func (c *call) instance(f *fleet.Fleet, holds string) *apiError {
	asked := c.params.Get("IotInstanceId")
	switch {
	case asked != "" && !f.HasInstance(c.owner, asked):
		return businessError("iot.system.InstanceNotFound")
	case asked == holds:
		return nil
	case asked == "":
		return businessError("iot.Sre.IotInstanceNotFound")
	}
	return businessError("iot.prod.NotExistedProduct")
}

// notFound returns the error for a batch or package that the account does not have: an
// error about the instance if the account does not have that either, otherwise code.
func (c *call) notFound(f *fleet.Fleet, code string) *apiError {
	if refused := c.instance(f, c.params.Get("IotInstanceId")); refused != nil {
		return refused
	}
	return businessError(code)
}

// product returns an error unless the instance of a call has a product. The error tells
// whether another instance has it.
func (c *call) product(f *fleet.Fleet, key string) *apiError {
	switch instances := f.InstancesOf(c.owner, key); {
	case slices.Contains(instances, c.params.Get("IotInstanceId")):
		return nil
	case len(instances) > 0:
		return businessError("iot.prod.NotExistedProduct")
	}
	return businessError("iot.firmware.InvalidProductKey")
}
