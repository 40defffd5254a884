package fleet

import (
	"math"
	"time"
)

// Devices describes how the devices of a batch behave. A share is a part of all devices,
// from 0 to 1 in steps of 0.001. The sum of the shares is at most 1; the other devices
// succeed. The zero value is no devices.
type Devices struct {
	// Count is how many devices match when the batch starts. A DYNAMIC batch matches
	// another device after each Every until it is cancelled; with an Every of 0, none.
	Count int
	Every time.Duration

	// Confirm is the time in which the app confirms the devices, one after the other
	// (only with NeedConfirm). Online is the time in which they come online after that.
	// 0 is all at once.
	Confirm, Online time.Duration
	// Report is the time from the push to the first progress report. Install is the time
	// from there to the end of an attempt; an attempt that fails takes half of it. A
	// device takes 0.5 to 1.5 times these times.
	Report, Install time.Duration

	Unconfirmed float64 // never confirmed: CONFIRM (only with NeedConfirm)
	Offline     float64 // never come online: QUEUED
	Silent      float64 // never report after the push: NOTIFIED
	Hung        float64 // report once, then hang: IN_PROGRESS until the timeout
	Fail        float64 // report a failure at every attempt
	Flaky       float64 // report a failure at the first attempt, succeed at the second
	// Failures are the ways in which the devices of Fail fail. Devices that no share
	// covers report a version that is not conform.
	Failures []Failure
}

// period is the number of different courses of the devices of a batch. The course of
// device i depends on i mod period, its residue. So a count is a sum of period terms for
// any number of devices.
const period = 1000

// never is the time of an event that does not happen.
const never = time.Duration(math.MaxInt64)

// kind is how a device behaves. The values after succeeds are in the order of the shares.
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

// kind returns the kind of the devices with a residue.
func (v *Job) kind(residue int) kind {
	k, _ := v.place(residue)
	return k
}

// place returns the kind of the devices with a residue, and where they are in its share,
// from 0 to below 1. The stride, which is coprime to period, distributes a share evenly
// even over the first few devices.
func (v *Job) place(residue int) (k kind, within float64) {
	const stride = 619
	at := (float64((residue*stride+int(v.seed%period))%period) + 0.5) / period
	d := v.Devices
	if !v.needsConfirm() {
		d.Unconfirmed = 0
	}
	left := 1.0
	shares := []float64{d.Unconfirmed, d.Offline, d.Silent, d.Hung, d.Fail, d.Flaky}
	for i, share := range shares {
		if at < share {
			return kind(i + 1), at / share
		}
		at -= share
		left -= share
	}
	return succeeds, at / left
}

func (v *Job) needsConfirm() bool { return v.NeedConfirm != nil && *v.NeedConfirm }

// course is what a device does after the push. The times are since the push.
type course struct {
	report  time.Duration // first progress report
	end     time.Duration // SUCCEEDED or FAILED
	failed  bool
	timeout bool // it reached the timeout
}

// final returns the state in which the task ends.
func (c course) final() int {
	if c.failed {
		return stateFailed
	}
	return stateSucceeded
}

// course returns the course of the devices with a residue, at a pace. The task is
// IN_PROGRESS from the first report to the end, also between retries. One timeout covers
// all attempts and the times between them; a task that reaches it is not retried.
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
	var taken time.Duration // time since the first report
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

// jitter returns 0.5 to 1.5 times d.
func jitter(d time.Duration, random uint32) time.Duration {
	return d/2 + time.Duration(float64(d)*float64(random)/math.MaxUint32)
}

// mix is the finalizer of SplitMix64: similar values give very different results.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
