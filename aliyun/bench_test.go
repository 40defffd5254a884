package aliyun_test

import (
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// BenchmarkCall measures a call without the network: keys, signature, request, and the
// decoding of an answer with every field.
func BenchmarkCall(b *testing.B) {
	client := aliyun.NewClient(&fixedKeys{keys: credentials.Keys{AccessKeyID: "id", AccessKeySecret: "secret"}}, aliyun.Options{Transport: givenAnswer{200, []byte(fullAnswer)}})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := client.QueryOTAJob(b.Context(), aliyun.Instance{URL: "http://endpoint", ID: "iot-1"}, "wahVIzGkCMuAUE2gDERM02****"); err != nil {
			b.Fatal(err)
		}
	}
}
