package target

import (
	"reflect"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// clientCredentials converts the credentials of the configuration to those of the client. Each
// field keeps its value under the same name, so a new key needs no line here.
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
