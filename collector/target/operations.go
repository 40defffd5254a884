package target

import (
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// operations are the operations of the API and the accounts that need them, in the order
// of [aliyun.Operations]. A new operation is one row here.
var operations = []struct {
	name   string
	needed func(Account) bool
}{
	{aliyun.OpQueryOTAJob, func(Account) bool { return true }},
	{aliyun.OpListOTAJobByFirmware, func(a Account) bool { return a.BulkStatus || len(a.Discover) > 0 }},
	{aliyun.OpListOTAFirmware, func(a Account) bool {
		return slices.ContainsFunc(a.Discover, func(d Discover) bool { return len(d.Products) > 0 })
	}},
	{aliyun.OpListOTATaskByJob, func(a Account) bool { return a.DeviceCounts }},
}

// Operations returns the API operations that the account needs.
func (a Account) Operations() (needed []string) {
	for _, operation := range operations {
		if operation.needed(a) {
			needed = append(needed, operation.name)
		}
	}
	return needed
}
