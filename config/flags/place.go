package flags

import (
	"os"

	"github.com/alecthomas/kingpin/v2"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// given returns the flags that have a value of the user: the name of the environment variable
// for those that come from one, "" for those on the command line.
func given(app *kingpin.Application, args []string) map[string]string {
	all := make(map[string]string)
	line, _ := app.ParseContext(args) // Parse reports the error
	for _, element := range line.Elements {
		if clause, ok := element.Clause.(*kingpin.FlagClause); ok {
			all[clause.Model().Name] = ""
		}
	}
	for _, flag := range app.Model().Flags {
		if _, ok := all[flag.Name]; !ok && os.Getenv(flag.Envar) != "" {
			all[flag.Name] = flag.Envar
		}
	}
	return all
}

// Place returns how a message names a flag: --shard, or with the environment variable if the
// value comes from one. name has no dashes.
func (f Flags) Place(name string) string {
	return "--" + name + f.source(name)
}

// PlaceOf is Place with the value of the flag, such as --shard=3.
func (f Flags) PlaceOf(name, value string) string {
	return "--" + name + "=" + printable.Text(printable.Shorten(value, maxShownValue)) + f.source(name)
}

// maxShownValue is the maximum length of a value in a message, in bytes.
const maxShownValue = 300

func (f Flags) source(name string) string {
	if variable := f.given[name]; variable != "" {
		return " (from " + variable + ")"
	}
	return ""
}
