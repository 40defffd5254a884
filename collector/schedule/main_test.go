package schedule

import (
	"os"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
)

func TestMain(m *testing.M) {
	conditions.MuchGarbage()
	os.Exit(m.Run())
}
