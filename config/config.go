// Package config reads the exporter's YAML file: a strict decode, one pass of defaults,
// one pass of checks. It reports everything that is wrong with a file at once. It opens
// the secret files to see that they can be read, but keeps nothing of them, and it
// never talks to the network.
package config

import "time"

// Config is one file, checked and with its defaults filled in. Nothing changes it after
// Parse, so any number of goroutines may read it.
type Config struct {
	// Polling says how often things are asked. Optional.
	Polling Polling `yaml:"polling"`
	// Accounts are the Alibaba Cloud main accounts to watch. At least one.
	Accounts []Account `yaml:"accounts"`

	// Warnings are remarks on a file that is in force all the same, one line each and
	// in the order of the file.
	Warnings []string `yaml:"-"`
	// Lines are where the values stand in the file, counted from 1, by their paths, such
	// as accounts[0].instances[1].jobs[2].
	Lines map[string]int `yaml:"-"`
}

// Polling holds the intervals that all accounts share. None of them may be shorter than
// 1ms.
type Polling struct {
	// Interval is the wait before an IN_PROGRESS batch is asked again, when the budget
	// allows.
	Interval time.Duration `yaml:"interval" default:"15s"`
	// SettledInterval is the wait before a COMPLETED or CANCELED batch is asked again.
	SettledInterval time.Duration `yaml:"settled_interval" default:"24h"`
	// Timeout is the longest that one API call may take.
	Timeout time.Duration `yaml:"timeout" default:"10s"`
	// ExpectedDuration is the deadline, counted from its start, of a static batch that
	// sets none itself.
	ExpectedDuration time.Duration `yaml:"expected_duration" default:"24h"`
	// DeviceInterval is the wait between two counts of a live batch's devices.
	DeviceInterval time.Duration `yaml:"device_interval" default:"60s"`
	// DiscoveryInterval is the wait between two reads of the lists of packages and
	// batches.
	DiscoveryInterval time.Duration `yaml:"discovery_interval" default:"60s"`
	// MaxAge is how long after its end a discovered batch is dropped.
	MaxAge time.Duration `yaml:"max_age" default:"168h"`
}

// Account is one Alibaba Cloud main account. Its RAM users share one rate budget, so an
// account belongs in one entry. Entries that are seen to be the same account may
// together ask for no more than one.
type Account struct {
	// Name is the label "account" of every series. Required, unique in the file.
	Name string `yaml:"name"`
	// Region is where the instances are, such as cn-shanghai. Required unless every
	// instance or Endpoint says more.
	Region string `yaml:"region"`
	// Endpoint replaces iot.<region>.aliyuncs.com: host[:port], asked over https, or
	// http(s)://host[:port]. Default none.
	Endpoint string `yaml:"endpoint" check:"endpoint"`
	// Signature is how calls are signed: v3, ACS3-HMAC-SHA256, or v1, HMAC-SHA1, for
	// gateways that know nothing else.
	Signature string `yaml:"signature" default:"v3" check:"signature"`
	// RequestsPerSecond is the number of slots for each API operation, 1 to 10.
	// Alibaba's page for each operation limits it to 10 a second for the main account.
	// The default leaves the other half for people and scripts.
	RequestsPerSecond int `yaml:"requests_per_second" default:"5" check:"rate"`
	// DeviceCounts also reads how many devices of a batch are in which state, by
	// ListOTATaskByJob. Default false.
	DeviceCounts bool `yaml:"device_counts"`
	// BulkStatus also watches static batches by ListOTAJobByFirmware, 200 in one call.
	// Default false.
	BulkStatus bool `yaml:"bulk_status"`
	// Credentials say where the keys come from. Default: the standard chain of Alibaba
	// Cloud's SDKs.
	Credentials Credentials `yaml:"credentials"`
	// Instances are the IoT instances that hold the batches. At least one with
	// something to watch.
	Instances []Instance `yaml:"instances"`
}

// Instance is one IoT Platform instance and what to watch there.
type Instance struct {
	// ID is the IotInstanceId. Default none: the public instance, which has no ID.
	ID string `yaml:"id"`
	// Region goes over the account's. Default: the account's.
	Region string `yaml:"region"`
	// Jobs are the JobIds of batches to watch. One JobId belongs to one place of an
	// account. Default none.
	Jobs []string `yaml:"jobs"`
	// Discover finds batches by what they upgrade. Default none.
	Discover Discover `yaml:"discover"`
}

// Discover names things whose batches are all watched, new ones included.
type Discover struct {
	// Products are ProductKeys: every batch of every update package of the product. "*"
	// alone is every product of the instance. Default none.
	Products []string `yaml:"products"`
	// Firmwares are FirmwareIds of update packages: every batch of each. Default none.
	Firmwares []string `yaml:"firmwares"`
}

// watches says whether the instance gives the exporter anything to do.
func (i Instance) watches() bool {
	return len(i.Jobs)+len(i.Discover.Products)+len(i.Discover.Firmwares) > 0
}
