package advice

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// Every code of the product that the simulator knows is sorted by the client, in any
// case of its letters, and has a cure that fits: a mistake of the user's is never told as
// a failure of the API.
func TestCuresOfBusinessCodes(t *testing.T) {
	cureOf := map[string]string{ // a part of the cure
		"Iot.system.BillIsOverDue":             "pay it",
		"iot.Sre.IotInstanceNotFound":          "set instances[].id",
		"iot.common.APINotSupportedInInstance": "instance iot-1 does not offer ListOTAFirmware",
		"iot.common.AuthActionPermissionDeny":  "grant it on resource *",
		"iot.common.InvalidFormattedParameter": "write product a1Typo and instances[].id as the console shows them",
		"iot.common.InvalidPageParams":         "has a limit of its own",
		"iot.common.InvalidTenant":             "IoT Platform is not activated",
		"iot.common.RamActionPermissionDeny":   "the RAM action iot:ListOTAFirmware",
		"iot.firmware.FirmwareNotFound":        "does not exist in instance iot-1",
		"iot.firmware.InvalidFirmwareId":       "does not exist in instance iot-1",
		"iot.firmware.InvalidOTAJobId":         "does not exist in instance iot-1",
		"iot.firmware.InvalidProductKey":       "product a1Typo is unknown to the API in instance iot-1; set discover.products",
		"iot.firmware.InvalidTaskStatus":       "check product a1Typo and instance iot-1",
		"iot.firmware.ListOTAJobFailed":        "ask Alibaba Cloud's support",
		"iot.firmware.ListOTATaskByJobFailed":  "ask Alibaba Cloud's support",
		"iot.firmware.NullFirmwareId":          "did not arrive",
		"iot.firmware.NullOTAJobId":            "did not arrive",
		"iot.firmware.SystemBusy":              "ask Alibaba Cloud's support",
		"iot.prod.NotExistedProduct":           "product a1Typo is not in instance iot-1",
		"iot.system.IllegalRequest":            "write product a1Typo and instances[].id",
		"iot.system.InstanceNotFound":          "set instances[].id",
		"iot.system.SystemException":           "ask Alibaba Cloud's support",
		"iot.system.UidNotFound":               "IoT Platform is not activated",
	}
	sim := simulator.New()
	sim.AddAccount(simulator.Account{Name: "main", Limit: 1000, Keys: []simulator.Key{{ID: "id", Secret: "secret"}}})
	dial, stop := simulator.Pipe(sim)
	t.Cleanup(stop)
	keys := aliyun.NewCredentials(aliyun.CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "secret"}, nil)
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	client := aliyun.NewClient(keys, aliyun.Options{Transport: transport})
	in := aliyun.Instance{URL: "http://endpoint", ID: "iot-1"}
	for _, code := range simulator.BusinessCodes() {
		for _, status := range []int{200, 400, 500} {
			for _, written := range []string{code, strings.ToUpper(code), strings.ToLower(code)} {
				remove := sim.Inject(simulator.Fault{Code: written, Status: status})
				_, err := client.ListOTAFirmware(t.Context(), in, "a1Typo", 1)
				remove()
				failure, ok := errors.AsType[*aliyun.Error](err)
				if !ok || failure.Code != written {
					t.Fatalf("%s: %v", written, err)
				}
				got := Cure(failure, in, "product a1Typo")
				if want := cureOf[code]; want == "" || !strings.Contains(got, want) {
					t.Errorf("%s with HTTP %d is %s, and the cure %q, want one with %q", written, status, failure.Class, got, want)
				}
				if asks := strings.Contains(got, "support"); asks != (failure.Class == aliyun.ClassServer) || strings.Contains(got, "{") {
					t.Errorf("%s with HTTP %d is %s, and the cure %q", written, status, failure.Class, got)
				}
			}
		}
	}
}
