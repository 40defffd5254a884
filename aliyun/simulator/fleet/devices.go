package fleet

import (
	"math"
	"time"
)

// Devices says how the devices of a batch behave. The shares are of all devices,
// from 0 to 1 in steps of 0.001, and add up to 1 at most; the rest of the devices
// succeed. The zero value is no device.
type Devices struct {
	// Count is how many match when the batch starts. A DYNAMIC batch then matches one
	// more each time Every has passed, until it is cancelled; with Every 0 none.
	Count int
	Every time.Duration

	// Confirm and Online are the times over which the devices, one after the other,
	// are confirmed by the app (only with NeedConfirm) and then come online; 0 is all
	// at once.
	Confirm, Online time.Duration
	// Report is the time from the push to the first progress report, and Install from
	// there to the end of an attempt, half of that if the device reports a failure. A
	// device takes 0.5 to 1.5 times these.
	Report, Install time.Duration

	Unconfirmed float64 // never confirmed: CONFIRM (only with NeedConfirm)
	Offline     float64 // never online: QUEUED
	Silent      float64 // take the push and never report: NOTIFIED
	Hung        float64 // report once: IN_PROGRESS until the timeout
	Fail        float64 // report a failure at every attempt
	Flaky       float64 // report a failure at the first attempt, succeed at the second
}

// period is how many different courses the devices of a batch have: device i has
// that of i mod period, its residue. So a count is a sum of period terms, whatever
// the number of devices.
const period = 1000

// never stands for the time of what does not happen.
const never = time.Duration(math.MaxInt64)

// kind is how a device behaves; after succeeds, in the order of the shares.
type kind int

const (
	succeeds kind = iota
	unconfirmed
	offline
	silent
	hung
	fails
	flaky
)

// kind of the devices of a residue. The stride, which has no factor in common with
// period, spreads a share evenly over the first few devices too.
func (v *Job) kind(residue int) kind {
	const stride = 619
	at := (float64((residue*stride+int(v.seed%period))%period) + 0.5) / period
	d := v.Devices
	if !v.needsConfirm() {
		d.Unconfirmed = 0
	}
	shares := []float64{d.Unconfirmed, d.Offline, d.Silent, d.Hung, d.Fail, d.Flaky}
	for i, share := range shares {
		if at < share {
			return kind(i + 1)
		}
		at -= share
	}
	return succeeds
}

func (v *Job) needsConfirm() bool { return v.NeedConfirm != nil && *v.NeedConfirm }

// course is how a device goes on after the push. The times are since then.
type course struct {
	report  time.Duration // first progress report
	end     time.Duration // SUCCEEDED or FAILED
	failed  bool
	timeout bool // it ran out of time
}

// final is the state in which the task ends.
func (c course) final() int {
	if c.failed {
		return stateFailed
	}
	return stateSucceeded
}

// course of the devices of a residue that are pushed at a pace. Retries do not
// show: from the first report to the end the task is IN_PROGRESS. One timeout spans
// all attempts and the waits between them, and ends the task for good.
func (v *Job) course(residue int, p pace) course {
	k := v.kind(residue)
	if k == silent {
		return course{report: never, end: never}
	}
	h := mix(v.seed + uint64(residue))
	c := course{report: jitter(v.Devices.Report, uint32(h))}
	install := jitter(v.Devices.Install, uint32(h>>32))
	allowed := never // from the first report on
	if p.timeout > 0 {
		allowed = p.timeout
	}
	var taken time.Duration // since the first report
	for attempt := 0; ; attempt++ {
		takes := install
		switch c.failed = k == fails || k == flaky && attempt == 0; {
		case k == hung:
			takes = never
		case c.failed:
			takes /= 2
		}
		if takes > allowed-taken {
			c.failed, c.timeout, taken = true, true, allowed
			break
		}
		taken += takes
		if !c.failed || attempt >= p.retries {
			break
		}
		taken += p.interval
	}
	c.end = never
	if taken != never {
		c.end = c.report + taken
	}
	return c
}

// jitter is 0.5 to 1.5 times d.
func jitter(d time.Duration, random uint32) time.Duration {
	return d/2 + time.Duration(float64(d)*float64(random)/math.MaxUint32)
}

// mix is the finalizer of SplitMix64: neighbours give unlike results.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
