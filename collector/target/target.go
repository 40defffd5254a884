package target

import (
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
)

// Account is an Alibaba Cloud main account: a rate budget for each operation, and
// the batches to watch with it.
type Account struct {
	Name              string
	Credentials       credentials.Config
	Timeout           time.Duration // of one call; 0: the default of package aliyun
	RequestsPerSecond int           // slots of each operation
	Targets           []Target      // configured batches
	Discover          []Discover
	BulkStatus        bool         // also read the job lists of the packages of configured batches
	DeviceCounts      bool         // also count devices
	Reasons           reason.Rules // why devices fail; the same for all accounts
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

// Target is one batch to watch: its account, instance and id.
type Target struct {
	Account  string // the name of its account
	Region   string
	Instance aliyun.Instance
	JobID    string
	Origin   Origin
	// FoundBy is the configuration entry that discovers the batch, see [Product.Entry]
	// and [Firmware.Entry]; "": none does. A configured batch can have one too.
	FoundBy string
	Counted bool // its account counts devices
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

// Configured returns the batches that the configuration names.
func (a Account) Configured() []Target {
	targets := slices.Clone(a.Targets)
	for i := range targets {
		targets[i].Counted = a.DeviceCounts
	}
	return targets
}

// DiscoveredBy is FoundBy for people.
func (t Target) DiscoveredBy() string {
	switch kind, id, _ := strings.Cut(t.FoundBy, " "); {
	case kind == "firmware":
		return Firmware{ID: id}.String()
	case id == AllProducts:
		return Product{Key: id}.String()
	}
	return t.FoundBy
}

// Origin is why a batch is watched. The values are those of the origin label.
type Origin string

const (
	Configured Origin = "configured" // its id is in the configuration
	Discovered Origin = "discovered" // a job list showed it
)

// Origins lists every origin.
var Origins = []Origin{Configured, Discovered}
