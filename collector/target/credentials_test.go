package target

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// Every credentials key of the configuration reaches the client. The test fails if one side has
// a field that the other side lacks, or if a value is in the wrong field.
func TestEveryCredentialsKeyReachesTheClient(t *testing.T) {
	var c config.Credentials
	want := map[string]string{}
	for field, value := range reflect.ValueOf(&c).Elem().Fields() {
		text := "the " + field.Name
		want[field.Name] = text
		if field.Type == reflect.TypeFor[config.Secret]() {
			value.Set(reflect.ValueOf(config.NewSecret(text)))
		} else {
			value.SetString(text)
		}
	}
	names := map[string]string{}
	for field := range reflect.TypeFor[credentials.Config]().Fields() {
		names[field.Name] = "the " + field.Name
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Fatalf("fields (-config +aliyun):\n%s", diff)
	}
	got := map[string]string{}
	for field, value := range reflect.ValueOf(clientCredentials(c)).Fields() {
		got[field.Name] = value.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("carried (-want +got):\n%s", diff)
	}
}
