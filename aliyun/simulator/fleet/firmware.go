package fleet

import (
	"cmp"
	"slices"
	"time"
)

// Firmware is an update package. Only Account and ID are required.
type Firmware struct {
	Account     string
	InstanceID  string // "" is the public instance
	ID          string // unique among all accounts
	Name        string
	ProductKey  string
	ProductName string // "" is the ProductKey
	DestVersion string
	SrcVersion  string // of a differential package; "" otherwise
	ModuleName  string // "" is "default"
	Size        int    // bytes
	// Status is 0 for unverified, 1 for verified, 2 for being verified, 3 for failed.
	Status int
	// Create is the time of the upload; zero is the time of AddFirmware.
	Create time.Time
}

// firmware is a package of the fleet. Only jobs changes; Fleet.mu guards it.
type firmware struct {
	Firmware
	jobs []string // ids of its batches, oldest first
}

// AddFirmware adds a package, or replaces the one with the same ID and keeps its
// batches.
func (f *Fleet) AddFirmware(fw Firmware) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addFirmware(fw, time.Now())
}

// addFirmware adds a package. The caller holds f.mu.
func (f *Fleet) addFirmware(fw Firmware, now time.Time) *firmware {
	if fw.Create.IsZero() {
		fw.Create = now
	}
	fw.ProductName = cmp.Or(fw.ProductName, fw.ProductKey)
	fw.ModuleName = cmp.Or(fw.ModuleName, "default")
	in := instance{fw.Account, fw.InstanceID}
	if in.id != "" {
		f.instances[in] = true
	}
	f.products[product{in, fw.ProductKey}] = true
	p := &firmware{Firmware: fw}
	if old := f.packages[fw.ID]; old != nil {
		p.jobs = old.jobs
		for _, id := range p.jobs {
			j := *f.jobs[id]
			j.fw = fw
			j.Account, j.InstanceID = fw.Account, fw.InstanceID
			f.jobs[id] = &j
		}
	} else {
		f.order = append(f.order, fw.ID)
	}
	f.packages[fw.ID] = p
	return p
}

// DeleteFirmware deletes a package and its batches. It ignores an unknown id.
func (f *Fleet) DeleteFirmware(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.packages[id]
	if p == nil {
		return
	}
	for _, job := range p.jobs {
		delete(f.jobs, job)
	}
	delete(f.packages, id)
	f.order = slices.DeleteFunc(f.order, func(o string) bool { return o == id })
}

// Record returns the package as ListOTAFirmware shows it.
func (fw Firmware) Record() Record {
	var r Record
	r.add("FirmwareId", fw.ID)
	r.add("FirmwareName", fw.Name)
	r.add("DestVersion", fw.DestVersion)
	r.add("SrcVersion", fw.SrcVersion)
	r.add("ModuleName", fw.ModuleName)
	r.add("ProductKey", fw.ProductKey)
	r.add("ProductName", fw.ProductName)
	kind := 0
	if fw.SrcVersion != "" {
		kind = 1 // differential
	}
	r = append(r, Field{"Status", fw.Status}, Field{"Type", kind}, Field{"FirmwareSize", fw.Size},
		Field{"SignMethod", "MD5"})
	r.add("UtcCreate", utc(fw.Create))
	r.add("UtcModified", utc(fw.Create))
	return r
}
