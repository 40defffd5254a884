package target

import (
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Setup is what a configuration file comes down to.
type Setup struct {
	Accounts []Account
	Rules    Rules
	Lines    map[Entry]int // where in the file ids stand, as far as that is known
}

// Entry is an id in a configuration.
type Entry struct {
	Account   string
	Instance  aliyun.Instance
	Operation string // that asks for it
	ID        string
}
