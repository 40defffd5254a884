package collector

import (
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
	Targets           []Target
}

// Target is one batch to watch: who may ask for it, and where.
type Target struct {
	Account  string // the name of its account
	Region   string
	Instance aliyun.Instance
	JobID    string
	Origin   Origin
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
	Interval         time.Duration // between two polls of an IN_PROGRESS batch, where the budget allows
	SettledInterval  time.Duration // between two polls of a COMPLETED or CANCELED batch
	ExpectedDuration time.Duration // deadline of a static batch that sets none itself
}
