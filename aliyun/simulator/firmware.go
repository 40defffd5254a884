package simulator

import (
	"cmp"
	"slices"
	"time"
)

// Firmware is an update package. Only Account and ID are needed.
type Firmware struct {
	Account     string
	InstanceID  string // "" is the public instance
	ID          string // unique among all accounts
	Name        string
	ProductKey  string
	ProductName string // "" is the ProductKey
	DestVersion string
	SrcVersion  string // only of a differential package
	ModuleName  string // "" is "default"
	Size        int    // bytes
	// Status is 0 unverified, 1 verified, 2 being verified, 3 verification failed.
	Status int
	// Create is when it was uploaded; zero is the time of AddFirmware.
	Create time.Time
}

// firmware is a package that was added. Only jobs is ever changed; Simulator.mu
// guards it.
type firmware struct {
	Firmware
	jobs []string // ids of its batches, oldest first
}

// AddFirmware adds a package, or replaces the one with the same ID and keeps its
// batches.
func (s *Simulator) AddFirmware(f Firmware) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addFirmware(f, time.Now())
}

// addFirmware needs s.mu held.
func (s *Simulator) addFirmware(f Firmware, now time.Time) *firmware {
	if f.Create.IsZero() {
		f.Create = now
	}
	f.ProductName = cmp.Or(f.ProductName, f.ProductKey)
	f.ModuleName = cmp.Or(f.ModuleName, "default")
	acc := s.account(f.Account)
	if f.InstanceID != "" {
		acc.instances[f.InstanceID] = true
	}
	acc.products[product{f.InstanceID, f.ProductKey}] = true
	p := &firmware{Firmware: f}
	if old := s.packages[f.ID]; old != nil {
		p.jobs = old.jobs
		for _, job := range p.jobs {
			v := *s.batches[job]
			v.fw = f
			s.batches[job] = &v
		}
	} else {
		s.order = append(s.order, f.ID)
	}
	s.packages[f.ID] = p
	return p
}

// DeleteFirmware deletes a package with its batches: their ids are
// InvalidOTAJobId from now on. It ignores an unknown id.
func (s *Simulator) DeleteFirmware(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deleteFirmware(id)
}

// deleteFirmware needs s.mu held.
func (s *Simulator) deleteFirmware(id string) {
	p := s.packages[id]
	if p == nil {
		return
	}
	for _, job := range p.jobs {
		delete(s.batches, job)
	}
	delete(s.packages, id)
	s.order = slices.DeleteFunc(s.order, func(o string) bool { return o == id })
}

// record is the package as ListOTAFirmware shows it.
func (f Firmware) record() object {
	var o object
	o.add("FirmwareId", f.ID)
	o.add("FirmwareName", f.Name)
	o.add("DestVersion", f.DestVersion)
	o.add("SrcVersion", f.SrcVersion)
	o.add("ModuleName", f.ModuleName)
	o.add("ProductKey", f.ProductKey)
	o.add("ProductName", f.ProductName)
	kind := 0
	if f.SrcVersion != "" {
		kind = 1 // differential
	}
	o = append(o, member{"Status", f.Status}, member{"Type", kind}, member{"FirmwareSize", f.Size},
		member{"SignMethod", "MD5"})
	o.add("UtcCreate", utc(f.Create))
	o.add("UtcModified", utc(f.Create))
	return o
}
