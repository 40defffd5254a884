package simulator

import (
	"net/http"
	"time"
)

// operations are what the simulator serves. Each function answers with the members
// beside RequestId and Success.
var operations = map[string]func(*Simulator, *call, time.Time) (object, *apiError){
	"QueryOTAJob":          (*Simulator).queryOTAJob,
	"ListOTATaskByJob":     (*Simulator).listOTATaskByJob,
	"ListOTAJobByFirmware": (*Simulator).listOTAJobByFirmware,
	"ListOTAFirmware":      (*Simulator).listOTAFirmware,
}

// run answers a call, with the refusal if there is one already.
func (c *call) run(s *Simulator, now time.Time, refused *apiError) answer {
	var o object
	if refused == nil {
		o, refused = operations[c.action](s, c, now)
	}
	if refused != nil {
		return c.refusal(refused)
	}
	o = append(o, member{"RequestId", c.id}, member{"Success", true})
	return c.answer(http.StatusOK, "", c.action+"Response", o)
}

// instance refuses a call that does not name the instance that holds what it asks
// for. Simulator.mu is held.
func (c *call) instance(holds string) *apiError {
	asked := c.params.Get("IotInstanceId")
	switch {
	case asked != "" && !c.account.instances[asked]:
		return businessError("iot.system.InstanceNotFound")
	case asked == holds:
		return nil
	case asked == "":
		return businessError("iot.Sre.IotInstanceNotFound")
	}
	return businessError("iot.prod.NotExistedProduct")
}

// notFound refuses a call for something that its account does not have: with code,
// or because of its instance if the account does not have that either.
// Simulator.mu is held.
func (c *call) notFound(code string) *apiError {
	if refused := c.instance(c.params.Get("IotInstanceId")); refused != nil {
		return refused
	}
	return businessError(code)
}

// job finds the batch that a call asks for.
func (s *Simulator) job(c *call) (*batch, *apiError) {
	id, refused := c.required("JobId")
	if refused != nil {
		return nil, refused
	}
	if id == "" {
		return nil, businessError("iot.firmware.NullOTAJobId")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.batches[id]
	if v == nil || v.fw.Account != c.account.Name {
		return nil, c.notFound("iot.firmware.InvalidOTAJobId")
	}
	return v, c.instance(v.fw.InstanceID)
}

func (s *Simulator) queryOTAJob(c *call, now time.Time) (object, *apiError) {
	v, refused := s.job(c)
	if refused != nil {
		return nil, refused
	}
	return object{{"Data", v.record(now)}}, nil
}

// list is the form of all three lists: a page of total entries, as elements named
// item within name.
func list(p page, total int, name, item string, entries []any) object {
	if entries == nil {
		entries = []any{} // an empty list, not null
	}
	return object{
		{"Total", total},
		{"PageCount", (total + p.size - 1) / p.size},
		{"PageSize", p.size},
		{"CurrentPage", p.current},
		{name, object{{item, entries}}},
	}
}

func (s *Simulator) listOTAJobByFirmware(c *call, now time.Time) (object, *apiError) {
	id, refused := c.required("FirmwareId")
	if refused != nil {
		return nil, refused
	}
	p, refused := c.page(200, true)
	if refused != nil {
		return nil, refused
	}
	if id == "" {
		return nil, businessError("iot.firmware.NullFirmwareId")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fw := s.packages[id]
	if fw == nil || fw.Account != c.account.Name {
		return nil, c.notFound("iot.firmware.FirmwareNotFound")
	}
	if refused := c.instance(fw.InstanceID); refused != nil {
		return nil, refused
	}
	var entries []any
	from, to := p.cut(len(fw.jobs))
	for _, job := range fw.jobs[from:to] {
		entries = append(entries, s.batches[job].summary(now))
	}
	return list(p, len(fw.jobs), "Data", "SimpleOTAJobInfo", entries), nil
}

func (s *Simulator) listOTAFirmware(c *call, _ time.Time) (object, *apiError) {
	p, refused := c.page(100, true)
	if refused != nil {
		return nil, refused
	}
	asked := c.params.Get("IotInstanceId")
	key, version := c.params.Get("ProductKey"), c.params.Get("DestVersion")
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := c.instance(asked); refused != nil {
		return nil, refused
	}
	if key != "" && !c.account.products[product{asked, key}] {
		return nil, businessError(c.account.refusalOf(key))
	}
	var found []any
	for _, id := range s.order {
		fw := s.packages[id]
		if fw.Account == c.account.Name && fw.InstanceID == asked &&
			(key == "" || fw.ProductKey == key) && (version == "" || fw.DestVersion == version) {
			found = append(found, fw.record())
		}
	}
	from, to := p.cut(len(found))
	return list(p, len(found), "FirmwareInfo", "SimpleFirmwareInfo", found[from:to]), nil
}
