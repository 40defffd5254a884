package store

import (
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Discovers gives the place of a batch as the configuration has it now; false
// when no entry would find it any more. One that another entry than before
// would find stays, too.
func Discovers(a target.Account, s *State) (target.Target, bool) {
	t := s.Target
	t.Counted = a.DeviceCounts
	var products, firmwares []string
	switch kind, id, _ := strings.Cut(t.Source, " "); kind {
	case "product":
		products = append(products, id)
	case "firmware":
		firmwares = append(firmwares, id)
	}
	if s.Job != nil {
		products, firmwares = append(products, aliyun.Text(s.Job.ProductKey)), append(firmwares, aliyun.Text(s.Job.FirmwareID))
	}
	for _, d := range a.Discover {
		if d.Instance.ID != t.Instance.ID || d.Region != t.Region {
			continue
		}
		t.Instance = d.Instance
		for _, id := range firmwares {
			if slices.Contains(d.Firmwares, id) {
				t.Source = "firmware " + id
				return t, true
			}
		}
		for _, id := range products {
			if slices.Contains(d.Products, id) {
				t.Source = "product " + id
				return t, true
			}
		}
		// A wrong id that was configured, and that no list ever showed, does not stay.
		if slices.Contains(d.Products, target.AllProducts) && (t.Source != "" || s.Job != nil) {
			t.Source = "product " + target.AllProducts
			return t, true
		}
	}
	return t, false
}
