// Package config reads the exporter's YAML file in three passes: a strict decode, the
// defaults, the checks. It reports all problems of a file at once, each with its line, its
// path and its cure.
//
// The schema is the type Config with the structs in it. Each key is one field, whose tags
// give its name, its default and its check. Only decode.go, pairs.go and syntax.go use the
// YAML library.
//
// The package never uses the network and knows nothing about the API, polling or metrics.
// It reads the secret files to check them, but does not keep their content. No message
// quotes a value, because any value may be a misplaced secret.
package config

import (
	"regexp"
	"time"
)

// Config is a valid file with its defaults filled in. It does not change after Parse, so
// it is safe for concurrent use.
type Config struct {
	// Polling holds the intervals that all accounts share. Optional.
	Polling Polling `yaml:"polling"`
	// Accounts are the Alibaba Cloud main accounts to watch. At least one is required.
	Accounts []Account `yaml:"accounts"`
	// FailureReasons are reasons for failures of devices, by what the devices report. They are
	// tried in this order, before the built-in reasons. Optional, at most 20.
	FailureReasons []FailureReason `yaml:"failure_reasons"`

	// Warnings describe doubtful parts of a valid file, one line each, in the order of
	// the file.
	Warnings []string `yaml:"-"`
	// Lines are the line numbers of the values in the file, from 1, by path. An example of
	// a path is accounts[0].instances[1].jobs[2].
	Lines map[string]int `yaml:"-"`
}

// FailureReason gives a reason to the failed devices whose text matches.
type FailureReason struct {
	// Reason is the value of the reason label, in snake_case. It can be a built-in reason,
	// which then has one more pattern, but not other or unread. Required.
	Reason string `yaml:"reason" check:"reason"`
	// Match is a regular expression (RE2), searched anywhere in the first 256 bytes of the
	// TaskDesc of a device. Required.
	Match string `yaml:"match" check:"pattern"`

	// Pattern is Match, compiled.
	Pattern *regexp.Regexp `yaml:"-"`
}

// Polling holds the intervals that all accounts share. Each is at least 1ms.
type Polling struct {
	// Interval is the time between two polls of an IN_PROGRESS batch. Polls are less
	// frequent if the rate budget is too small.
	Interval time.Duration `yaml:"interval" default:"15s"`
	// SettledInterval is the time between two polls of a COMPLETED or CANCELED batch.
	SettledInterval time.Duration `yaml:"settled_interval" default:"24h"`
	// Timeout limits the duration of one API call.
	Timeout time.Duration `yaml:"timeout" default:"10s"`
	// ExpectedDuration is the time from the start of a static batch to its deadline, if
	// the batch has no deadline of its own.
	ExpectedDuration time.Duration `yaml:"expected_duration" default:"24h"`
	// DeviceInterval is the time between two counts of the devices of a live batch.
	DeviceInterval time.Duration `yaml:"device_interval" default:"60s"`
	// DiscoveryInterval is the time between two reads of a list of packages or batches.
	DiscoveryInterval time.Duration `yaml:"discovery_interval" default:"60s"`
	// MaxAge is the time after its end when a discovered batch is no longer watched.
	MaxAge time.Duration `yaml:"max_age" default:"168h"`
}

// Account is one Alibaba Cloud main account. All RAM users of a main account share one
// rate budget, so a main account should be one entry. Entries that are recognized as the
// same main account must not exceed the limit of the API together.
type Account struct {
	// Name is the value of the account label. A new name starts new series. Required, unique
	// in the file.
	Name string `yaml:"name"`
	// Region is the region of the instances, such as cn-shanghai. Required unless every
	// instance has its own region or Endpoint is set.
	Region string `yaml:"region"`
	// Endpoint replaces iot.<region>.aliyuncs.com. It is host[:port], which means https,
	// or http(s)://host[:port]. Optional.
	Endpoint string `yaml:"endpoint" check:"endpoint"`
	// Signature is the signature version of calls: v3 is ACS3-HMAC-SHA256. v1 is
	// HMAC-SHA1, for gateways that do not support v3.
	Signature string `yaml:"signature" default:"v3" check:"signature"`
	// RequestsPerSecond is the rate limit of each API operation, 1 to 10. Alibaba
	// documents a limit of 10 requests/s for each operation and main account. The default
	// leaves half of it to other users of the API.
	RequestsPerSecond int `yaml:"requests_per_second" default:"5" check:"rate"`
	// DeviceCounts turns on counting the devices of each batch by state, with
	// ListOTATaskByJob. Default: false.
	DeviceCounts bool `yaml:"device_counts"`
	// BulkStatus turns on reading the status of static batches with ListOTAJobByFirmware,
	// which returns 200 batches a call. Default: false.
	BulkStatus bool `yaml:"bulk_status"`
	// Credentials are the source of the keys. Default: the default provider chain of
	// Alibaba Cloud's SDKs.
	Credentials Credentials `yaml:"credentials"`
	// Instances are the IoT Platform instances of the batches. At least one must have
	// something to watch.
	Instances []Instance `yaml:"instances"`
}

// Instance is one IoT Platform instance and what to watch there.
type Instance struct {
	// ID is the IotInstanceId. Without one it is the public instance, which has no ID.
	ID string `yaml:"id"`
	// Region overrides the region of the account.
	Region string `yaml:"region"`
	// Jobs are the JobIds of batches to watch. A JobId must not occur twice in an account.
	Jobs []string `yaml:"jobs"`
	// Discover selects batches by what they upgrade. Optional.
	Discover Discover `yaml:"discover"`
}

// Discover selects the batches of products and packages. New batches are picked up
// automatically.
type Discover struct {
	// Products are ProductKeys. Every batch of every package of these products is watched.
	// A single "*" selects every product of the instance.
	Products []string `yaml:"products"`
	// Firmwares are FirmwareIds of packages. Every batch of these packages is watched.
	Firmwares []string `yaml:"firmwares"`
}

// watches reports whether the instance has anything to watch.
func (i Instance) watches() bool {
	return len(i.Jobs)+len(i.Discover.Products)+len(i.Discover.Firmwares) > 0
}
