package fleet

// Failure is a way in which a device fails, as ListOTATaskByJob shows it.
type Failure struct {
	Share    float64 // of the devices that fail, from 0 to 1
	Desc     string  // TaskDesc
	Progress string  // "" is "0.00"
}

// The failures that the platform itself describes.
var (
	versionFailure = Failure{Desc: "report version is not conform", Progress: "100.00"}
	timeoutFailure = Failure{Desc: "timeout"}
)

// failure returns how a device fails that takes a course. Where the counts of a batch are
// fixed its devices have no course, and the shares apply to all of them.
func (v *Job) failure(i int, c course) Failure {
	if c.timeout {
		return timeoutFailure
	}
	k, at := v.place(i % period)
	if k != fails && v.Counts == nil {
		return versionFailure // one of the flaky ones, which no retry saved
	}
	for _, f := range v.Devices.Failures {
		if at < f.Share {
			return f
		}
		at -= f.Share
	}
	return versionFailure
}
