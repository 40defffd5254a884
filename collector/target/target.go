package target

import (
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// Account is one Alibaba Cloud main account: one rate budget for each
// operation, and the batches to watch with it.
type Account struct {
	Name              string
	Credentials       aliyun.CredentialsConfig
	Timeout           time.Duration // of one call; 0: aliyun's default
	RequestsPerSecond int           // slots of each operation
	Targets           []Target      // configured batches
	Discover          []Discover
	BulkStatus        bool // also list the packages of the configured batches
	DeviceCounts      bool // also count devices
}

// Discover finds the batches of products and packages in one instance.
type Discover struct {
	Region    string
	Instance  aliyun.Instance
	Products  []string // ProductKeys, or AllProducts alone
	Firmwares []string // FirmwareIds
}

// AllProducts in place of ProductKeys is every product of the instance.
const AllProducts = "*"

// Target is one batch to watch: who may ask for it, and where.
type Target struct {
	Account  string // the name of its account
	Region   string
	Instance aliyun.Instance
	JobID    string
	Origin   Origin
	Source   string // of a discovered batch: the entry of Discover that found it
	Counted  bool   // its account counts devices
}

// Watch adds what is to be watched in one instance: batches by their ids, and
// the products and packages that batches are discovered by.
func (a *Account) Watch(region string, in aliyun.Instance, jobs, products, firmwares []string) {
	for _, jobID := range jobs {
		a.Targets = append(a.Targets, Target{Account: a.Name, Region: region, Instance: in, JobID: jobID, Origin: Configured})
	}
	if len(products)+len(firmwares) > 0 {
		a.Discover = append(a.Discover, Discover{Region: region, Instance: in, Products: products, Firmwares: firmwares})
	}
}

// Configured are the batches that the configuration names.
func (a Account) Configured() []Target {
	targets := slices.Clone(a.Targets)
	for i := range targets {
		targets[i].Counted = a.DeviceCounts
	}
	return targets
}

// Operations are those that the configuration needs.
func (a Account) Operations() []string {
	needed := []string{aliyun.OpQueryOTAJob}
	products := slices.ContainsFunc(a.Discover, func(d Discover) bool { return len(d.Products) > 0 })
	if a.BulkStatus || len(a.Discover) > 0 {
		needed = append(needed, aliyun.OpListOTAJobByFirmware)
	}
	if products {
		needed = append(needed, aliyun.OpListOTAFirmware)
	}
	if a.DeviceCounts {
		needed = append(needed, aliyun.OpListOTATaskByJob)
	}
	return needed
}

// DiscoveredBy is Source for people.
func (t Target) DiscoveredBy() string {
	switch kind, id, _ := strings.Cut(t.Source, " "); {
	case kind == "firmware":
		return Firmware{ID: id}.String()
	case id == AllProducts:
		return Product{Key: id}.String()
	}
	return t.Source
}

// Origin is why a batch is watched. The values are those of the origin label.
type Origin string

const (
	Configured Origin = "configured" // its id is in the configuration
	Discovered Origin = "discovered" // a list of the API showed it
)

// Origins lists every origin.
var Origins = []Origin{Configured, Discovered}

// Rules are the intervals and ages that the plan works by: the polling section of the
// configuration.
type Rules config.Polling

// ListWait is the time between two reads of a list of batches: less than the interval,
// so that the status is no older than that when the next list comes a little late.
func (r Rules) ListWait(discovers bool) time.Duration {
	wait := r.Interval * 4 / 5
	if discovers {
		wait = min(wait, r.DiscoveryInterval)
	}
	return wait
}
