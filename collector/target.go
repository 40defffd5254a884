package collector

import (
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
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
	Products  []string // ProductKeys
	Firmwares []string // FirmwareIds
}

// Target is one batch to watch: who may ask for it, and where.
type Target struct {
	Account  string // the name of its account
	Region   string
	Instance aliyun.Instance
	JobID    string
	Origin   Origin
	Source   string // of a discovered batch: the entry of Discover that found it
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

// operations are those that the configuration needs.
func (a Account) operations() []string {
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

// discovers gives the place of a discovered batch as the configuration has it
// now; false when no entry would find it any more.
func (a Account) discovers(t Target) (Target, bool) {
	for _, d := range a.Discover {
		if d.Instance.ID != t.Instance.ID || d.Region != t.Region {
			continue
		}
		t.Instance = d.Instance
		kind, id, _ := strings.Cut(t.Source, " ")
		switch kind {
		case "product":
			return t, slices.Contains(d.Products, id)
		case "firmware":
			return t, slices.Contains(d.Firmwares, id)
		}
	}
	return t, false
}

// Origin is why a batch is watched. The values are those of the origin label.
type Origin string

const (
	Configured Origin = "configured" // its id is in the configuration
	Discovered Origin = "discovered" // a list of the API showed it
)

// Origins lists every origin.
var Origins = []Origin{Configured, Discovered}

// Rules are the times that the plan works by.
type Rules struct {
	Interval          time.Duration // between two polls of an IN_PROGRESS batch, where the budget allows
	SettledInterval   time.Duration // between two polls of a COMPLETED or CANCELED batch
	ExpectedDuration  time.Duration // deadline of a static batch that sets none itself
	DeviceInterval    time.Duration // between two counts of the devices of a live batch
	DiscoveryInterval time.Duration // between two reads of the packages of a product
	MaxAge            time.Duration // a discovered batch is dropped this long after its end
}
