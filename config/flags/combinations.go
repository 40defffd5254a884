package flags

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/spelling"
)

// combination is a pair of flags of which one would have no effect.
type combination struct {
	name   string // of the flag without an effect
	other  string
	reason string
}

// contradictory are pairs of which only one can have an effect. The program does not guess which
// one is meant.
var contradictory = []combination{
	{"config.file", "demo", "the demo has a configuration of its own; remove one of the two"},
	{"web.listen-address", "web.systemd-socket", "the socket unit of systemd has the addresses; remove one of the two"},
}

// contradictions returns an error if two flags contradict each other. An empty value is as good
// as none, so that a flag can override an environment variable.
func (f Flags) contradictions() error {
	for _, c := range contradictory {
		if f.effective(c.name) && f.effective(c.other) {
			return fmt.Errorf("%s has no effect with %s: %s", f.Place(c.name), f.Place(c.other), c.reason)
		}
	}
	return nil
}

// effective reports whether the user gives a flag a value that asks for something.
func (f Flags) effective(name string) bool {
	_, given := f.given[name]
	switch name {
	case "demo":
		return f.Demo
	case "web.systemd-socket":
		return *f.Web.WebSystemdSocket
	case "config.file":
		return given && f.ConfigFile != ""
	}
	return given
}

// warnings returns what flags without an effect the user gives. They contradict nothing, and
// scripts may always set them.
func (f Flags) warnings() (all []string) {
	if f.effective("persistence.interval") && f.StateFile == "" {
		all = append(all, f.Place("persistence.interval")+" has no effect without --persistence.file")
	}
	if f.TotalShards > 1 && !f.effective("shard") {
		all = append(all, fmt.Sprintf("%s without --shard: this is shard 0", f.Place("total-shards")))
	}
	return all
}

// unknownVariables returns a warning for each environment variable whose name is nearly one of
// the program's. Others may have the same prefix: Kubernetes makes variables for each Service.
func unknownVariables(app *kingpin.Application, environment []string) (all []string) {
	prefix := strings.ToUpper(Name) + "_"
	var known []string
	for _, flag := range app.Model().Flags {
		if flag.Envar != "" && !flag.Hidden {
			known = append(known, strings.TrimPrefix(flag.Envar, prefix))
		}
	}
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		short, ours := strings.CutPrefix(name, prefix)
		if !ours || slices.Contains(known, short) {
			continue
		}
		if near := spelling.Nearest(short, known); near != "" {
			all = append(all, "the environment variable "+name+" has no effect; did you mean "+prefix+near+"?")
		}
	}
	return all
}
