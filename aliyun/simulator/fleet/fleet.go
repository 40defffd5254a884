package fleet

import "sync"

// Fleet holds the packages and batches of all accounts. Create it with New; the zero
// value is not usable. It is safe for concurrent use.
type Fleet struct {
	mu        sync.Mutex
	jobs      map[string]*Job      // by job id; guarded by mu, as all below
	packages  map[string]*firmware // by firmware id
	order     []string             // firmware ids, oldest first
	instances map[instance]bool    // known enterprise instances
	products  map[product]bool
}

// instance is an enterprise instance of an account.
type instance struct{ account, id string }

// product is a product in an instance. It stays known after its last package.
type product struct {
	in  instance // its id is "" for the public instance
	key string
}

// New returns a fleet without packages and batches.
func New() *Fleet {
	return &Fleet{
		jobs:      map[string]*Job{},
		packages:  map[string]*firmware{},
		instances: map[instance]bool{},
		products:  map[product]bool{},
	}
}

// AddInstances adds enterprise instances to an account. AddFirmware and AddBatch add the
// instances of packages and batches.
func (f *Fleet) AddInstances(account string, ids ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		f.instances[instance{account, id}] = true
	}
}

// HasInstance reports whether an account has an enterprise instance. It is false for the
// public instance, "".
func (f *Fleet) HasInstance(account, id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.instances[instance{account, id}]
}

// InstancesOf returns the ids of the instances of an account that have a product, in no
// particular order. The public instance is "".
func (f *Fleet) InstancesOf(account, productKey string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var ids []string
	for p := range f.products {
		if p.in.account == account && p.key == productKey {
			ids = append(ids, p.in.id)
		}
	}
	return ids
}

// Job returns the current version of a batch, nil if there is none. A later change of
// the batch does not change the returned Job.
func (f *Fleet) Job(jobID string) *Job {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.jobs[jobID]
}

// Firmware returns a package, and whether it exists.
func (f *Fleet) Firmware(id string) (Firmware, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.packages[id]
	if p == nil {
		return Firmware{}, false
	}
	return p.Firmware, true
}

// Firmwares returns the packages of an instance of an account, oldest first.
func (f *Fleet) Firmwares(account, instanceID string) []Firmware {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []Firmware
	for _, id := range f.order {
		if p := f.packages[id]; p.Account == account && p.InstanceID == instanceID {
			found = append(found, p.Firmware)
		}
	}
	return found
}

// Jobs returns at most size batches of a package, oldest first, starting at offset, and
// the total number of its batches. The caller owns the slice.
func (f *Fleet) Jobs(firmwareID string, offset, size int) (jobs []*Job, total int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.packages[firmwareID]
	if p == nil {
		return nil, 0
	}
	from, to := bounds(offset, size, len(p.jobs))
	for _, id := range p.jobs[from:to] {
		jobs = append(jobs, f.jobs[id])
	}
	return jobs, len(p.jobs)
}

// bounds returns the bounds of a page of at most size elements, starting at offset.
func bounds(offset, size, total int) (from, to int) {
	return min(offset, total), min(offset+size, total)
}
