package target

import (
	"reflect"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// clientCredentials gives the client each credentials key of the configuration, by the
// name of its field, which is the same on both sides.
func clientCredentials(c config.Credentials) (to credentials.Config) {
	from := reflect.ValueOf(c)
	for field, value := range reflect.ValueOf(&to).Elem().Fields() {
		switch text := from.FieldByName(field.Name).Interface().(type) {
		case string:
			value.SetString(text)
		case config.Secret:
			value.SetString(text.Reveal())
		}
	}
	return to
}
