package aliyun

import "testing"

// The class decides when a batch is polled again and which advice the user gets. The codes
// are from the API's documentation.
func TestClassify(t *testing.T) {
	for _, c := range []struct {
		code   string
		status int
		want   Class
	}{
		{"Throttling", 400, ClassThrottled},
		{"Throttling.User", 400, ClassThrottled},
		{"THROTTLING.API", 503, ClassThrottled},
		{"", 429, ClassThrottled},
		{"Whatever", 429, ClassThrottled},
		{"InvalidAccessKeyId.NotFound", 404, ClassAuth},
		{"InvalidAccessKeyId.Inactive", 400, ClassAuth},
		{"MissingAccessKeyId", 400, ClassAuth},
		{"SignatureDoesNotMatch", 400, ClassAuth},
		{"SignatureNonceUsed", 400, ClassAuth},
		{"IncompleteSignature", 400, ClassAuth},
		{"InvalidTimeStamp.Expired", 400, ClassAuth},
		{"InvalidTimeStamp.Format", 400, ClassAuth},
		{"InvalidSecurityToken.Expired", 400, ClassAuth},
		{"MissingSecurityToken", 400, ClassAuth},
		{"Forbidden.RAM", 403, ClassPermission},
		{"Forbidden", 403, ClassPermission},
		{"NoPermission", 403, ClassPermission},
		{"iot.common.RamActionPermissionDeny", 200, ClassPermission},
		{"iot.common.AuthActionPermissionDeny", 200, ClassPermission},
		{"Iot.system.BillIsOverDue", 200, ClassPermission},
		{"iot.firmware.InvalidOTAJobId", 200, ClassNotFound},
		{"IOT.FIRMWARE.INVALIDOTAJOBID", 500, ClassNotFound},
		{"iot.firmware.FirmwareNotFound", 200, ClassNotFound},
		{"iot.firmware.InvalidFirmwareId", 200, ClassNotFound},
		{"iot.system.InstanceNotFound", 200, ClassInvalid},
		{"iot.Sre.IotInstanceNotFound", 200, ClassInvalid},
		{"iot.prod.NotExistedProduct", 200, ClassInvalid},
		{"iot.firmware.NullOTAJobId", 200, ClassInvalid},
		{"iot.firmware.InvalidTaskStatus", 200, ClassInvalid},
		{"MissingParameter", 400, ClassInvalid},
		{"InvalidAction.NotFound", 404, ClassInvalid},
		{"iot.firmware.InvalidProductKey", 200, ClassInvalid},
		{"IOT.FIRMWARE.invalidProductKey", 500, ClassInvalid},
		{"iot.firmware.NullFirmwareId", 200, ClassInvalid},
		{"iot.common.InvalidPageParams", 200, ClassInvalid},
		{"iot.common.InvalidFormattedParameter", 503, ClassInvalid},
		{"iot.common.APINotSupportedInInstance", 200, ClassInvalid},
		{"iot.system.IllegalRequest", 200, ClassInvalid},
		{"iot.common.InvalidTenant", 200, ClassPermission},
		{"iot.system.UidNotFound", 404, ClassPermission},
		{"IOT.COMMON.INVALIDTENANT", 500, ClassPermission},
		{"iot.firmware.ListOTATaskByJobFailed", 200, ClassServer},
		{"iot.firmware.ListOTAJobFailed", 400, ClassServer},
		{"InternalFailure", 500, ClassServer},
		{"SerivceUnavailableTemporary", 503, ClassServer}, // as Alibaba's own page spells it
		{"IllegalTimestamp", 400, ClassAuth},
		{"InvalidSignatureMethod", 400, ClassAuth},
		{"MissingSignatureNonce", 400, ClassAuth},
		{"Forbidden.AccessKeyDisabled", 403, ClassAuth},
		{"InvalidParameter", 400, ClassInvalid},
		{"UnsupportedHTTPMethod", 405, ClassInvalid},

		// Codes that no page of these operations lists are classified by their words, at
		// any status. None of them is ClassNotFound, which would drop the batch.
		{"iot.firmware.InvalidDestVersion", 200, ClassInvalid},
		{"iot.firmware.NullProductKey", 200, ClassInvalid},
		{"iot.prod.NotExistedProductKey", 500, ClassInvalid},
		{"iot.device.NotExistedDevice", 200, ClassInvalid},
		{"iot.firmware.OTAJobNotFound", 404, ClassInvalid},
		{"iot.check.EmptyParam", 200, ClassInvalid},
		{"iot.firmware.CancelOptionIsMandatory", 200, ClassInvalid},
		{"iot.common.ApiNotSupported", 500, ClassInvalid},
		{"NoSuchAction", 200, ClassInvalid},
		{"UnknownAction", 200, ClassInvalid},
		{"InsufficientBalance", 400, ClassPermission},
		{"NotAuthorized", 403, ClassPermission},
		{"RequestTimeout", 408, ClassServer},
		{"iot.firmware.InvalidTimeout", 200, ClassInvalid},
		{"iot.firmware.QueryOTAJobFailed", 200, ClassServer},
		{"iot.firmware.InvalidateCacheFailed", 200, ClassServer},
		{"iot.system.SomethingElse", 400, ClassServer},
		{"iot.common.UnauthorizedOperation", 200, ClassPermission},
		{"iot.system.Throttling", 200, ClassThrottled},
		{"iot.system.SystemException", 200, ClassServer},
		{"iot.firmware.SystemBusy", 200, ClassServer},
		{"ServiceUnavailable", 503, ClassServer},
		{"InternalError", 500, ClassServer},
		{"", 502, ClassServer},
		{"iot.nobody.KnowsThis", 200, ClassServer},
	} {
		if got := classify(c.code, c.status); got != c.want {
			t.Errorf("%s with HTTP %d: %s, want %s", c.code, c.status, got, c.want)
		}
	}
}
