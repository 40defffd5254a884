package target

import (
	"slices"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

func TestAnAccountThatUsesEverythingNeedsEveryOperation(t *testing.T) {
	a := Account{BulkStatus: true, DeviceCounts: true, Discover: []Discover{{Products: []string{AllProducts}}}}
	if got := a.Operations(); !slices.Equal(got, aliyun.Operations) {
		t.Errorf("%v, want %v", got, aliyun.Operations)
	}
}
