package target

import (
	"fmt"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// FromConfig returns what a configuration says to watch. It keeps no reference to cfg.
func FromConfig(cfg *config.Config) Setup {
	setup := Setup{Rules: Rules(cfg.Polling), Lines: make(map[Entry]int)}
	var reasons reason.Rules
	for _, r := range cfg.FailureReasons {
		reasons = append(reasons, reason.Rule{Reason: r.Reason, Match: r.Pattern})
	}
	for i, a := range cfg.Accounts {
		account := Account{
			Name:              a.Name,
			Credentials:       clientCredentials(a.Credentials),
			Timeout:           cfg.Polling.Timeout,
			RequestsPerSecond: a.RequestsPerSecond,
			BulkStatus:        a.BulkStatus,
			DeviceCounts:      a.DeviceCounts,
			Reasons:           reasons,
		}
		for j, in := range a.Instances {
			region := a.RegionOf(in)
			place := aliyun.Instance{URL: a.BaseURL(in), ID: in.ID, RegionID: region, Signature: signature.Version(a.Signature)}
			account.Watch(region, place, in.Jobs, in.Discover.Products, in.Discover.Firmwares)
			for _, list := range []struct {
				key, operation string
				ids            []string
			}{
				{"jobs", aliyun.OpQueryOTAJob, in.Jobs},
				{"discover.products", aliyun.OpListOTAFirmware, in.Discover.Products},
				{"discover.firmwares", aliyun.OpListOTAJobByFirmware, in.Discover.Firmwares},
			} {
				for k, id := range list.ids {
					path := fmt.Sprintf("accounts[%d].instances[%d].%s[%d]", i, j, list.key, k)
					setup.Lines[Entry{Account: a.Name, Instance: place, Operation: list.operation, ID: id}] = cfg.Lines[path]
				}
			}
		}
		setup.Accounts = append(setup.Accounts, account)
	}
	return setup
}
