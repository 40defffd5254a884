package fleet

import "sync"

// Fleet holds the packages and batches of all accounts. Make one with New: the zero
// value cannot be used. All methods may be called concurrently.
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

// product is a product in an instance: it stays known after its last package.
type product struct {
	in  instance // with the id "" for the public instance
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

// AddInstances makes enterprise instances of an account known. Those of its packages
// and batches are known anyway.
func (f *Fleet) AddInstances(account string, ids ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		f.instances[instance{account, id}] = true
	}
}

// HasInstance tells whether an enterprise instance of an account is known; the public
// one, "", never is.
func (f *Fleet) HasInstance(account, id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.instances[instance{account, id}]
}

// InstancesOf gives the ids of the instances of an account that have a product, in no
// order; the public instance is "".
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

// Job gives a batch as it is now: later changes do not show in it. It is nil if there
// is none.
func (f *Fleet) Job(jobID string) *Job {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.jobs[jobID]
}

// Firmware gives a package; false: there is none.
func (f *Fleet) Firmware(id string) (Firmware, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.packages[id]
	if p == nil {
		return Firmware{}, false
	}
	return p.Firmware, true
}

// Firmwares gives the packages of an instance of an account, oldest first.
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

// Jobs gives at most size batches of a package, oldest first, from the one at offset,
// and how many the package has in all. The slice is the caller's.
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

// bounds are those of at most size elements from offset on, of total ones.
func bounds(offset, size, total int) (from, to int) {
	return min(offset, total), min(offset+size, total)
}
