package advice

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// The client classifies every code of the product, in upper and lower case, and the advice
// fits the code. Only a failure of the API sends the reader to Alibaba's support.
func TestCuresOfBusinessCodes(t *testing.T) {
	cureOf := map[string]string{ // a part of the cure
		"Iot.system.BillIsOverDue":             "Pay the bill.",
		"iot.Sre.IotInstanceNotFound":          "does not have instance iot-1 in this region",
		"iot.common.APINotSupportedInInstance": "Instance iot-1 does not offer ListOTAFirmware.",
		"iot.common.AuthActionPermissionDeny":  "Grant the RAM action iot:ListOTAFirmware on resource *.",
		"iot.common.InvalidFormattedParameter": "Compare product a1Typo and instances[].id with the console.",
		"iot.common.InvalidPageParams":         "Ask the operator of http://endpoint about its limit.",
		"iot.common.InvalidTenant":             "IoT Platform is not activated",
		"iot.common.RamActionPermissionDeny":   "Grant the RAM action iot:ListOTAFirmware on resource *.",
		"iot.firmware.FirmwareNotFound":        "does not find product a1Typo in instance iot-1",
		"iot.firmware.InvalidFirmwareId":       "does not find product a1Typo in instance iot-1",
		"iot.firmware.InvalidOTAJobId":         "does not find product a1Typo in instance iot-1",
		"iot.firmware.InvalidProductKey":       "no product with this ProductKey in instance iot-1. Set discover.products",
		"iot.firmware.InvalidTaskStatus":       "Check product a1Typo and instance iot-1",
		"iot.firmware.ListOTAJobFailed":        "send the request ID to Alibaba Cloud's support",
		"iot.firmware.ListOTATaskByJobFailed":  "send the request ID to Alibaba Cloud's support",
		"iot.firmware.NullFirmwareId":          "did not reach the API",
		"iot.firmware.NullOTAJobId":            "did not reach the API",
		"iot.firmware.SystemBusy":              "send the request ID to Alibaba Cloud's support",
		"iot.prod.NotExistedProduct":           "does not find product a1Typo, or its product, in instance iot-1",
		"iot.system.IllegalRequest":            "Compare product a1Typo and instances[].id with the console.",
		"iot.system.InstanceNotFound":          "does not have instance iot-1 in this region",
		"iot.system.SystemException":           "send the request ID to Alibaba Cloud's support",
		"iot.system.UidNotFound":               "IoT Platform is not activated",
	}
	sim := simulator.New()
	sim.AddAccount(gateway.Account{Name: "main", Limit: 1000, Keys: []gateway.Key{{ID: "id", Secret: "secret"}}})
	dial, stop := network.Pipe(sim)
	t.Cleanup(stop)
	keys := credentials.New(credentials.Config{AccessKeyID: "id", AccessKeySecret: "secret"}, nil)
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	client := aliyun.NewClient(keys, aliyun.Options{Transport: transport})
	in := aliyun.Instance{URL: "http://endpoint", ID: "iot-1"}
	for _, code := range gateway.BusinessCodes() {
		for _, status := range []int{200, 400, 500} {
			for _, written := range []string{code, strings.ToUpper(code), strings.ToLower(code)} {
				remove := sim.Inject(gateway.Fault{Code: written, Status: status})
				_, err := client.ListOTAFirmware(t.Context(), in, "a1Typo", 1)
				remove()
				failure, ok := errors.AsType[*aliyun.Error](err)
				if !ok || failure.Code != written {
					t.Fatalf("%s: %v", written, err)
				}
				got := english(failure, in, "product a1Typo")
				if want := cureOf[code]; want == "" || !strings.Contains(got, want) {
					t.Errorf("%s with HTTP %d is %s, and the cure %q, want one with %q", written, status, failure.Class, got, want)
				}
				if asks := strings.Contains(got, "support"); asks != (failure.Class == aliyun.ClassServer) || strings.ContainsAny(got, "{}`") {
					t.Errorf("%s with HTTP %d is %s, and the cure %q", written, status, failure.Class, got)
				}
			}
		}
	}
}
