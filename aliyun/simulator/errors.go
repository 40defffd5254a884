package simulator

import (
	"net/http"
	"strings"
)

// apiError is a refusal in the gateway's or, for codes of the product, in the
// business form.
type apiError struct {
	status        int
	code, message string
}

func (e *apiError) business() bool {
	return len(e.code) > 4 && strings.EqualFold(e.code[:4], "iot.")
}

// statuses are the HTTP statuses of the gateway's codes that are not 400.
var statuses = map[string]int{
	"InvalidAccessKeyId.NotFound": http.StatusNotFound,
	"InvalidAction.NotFound":      http.StatusNotFound,
	"UnsupportedHTTPMethod":       http.StatusMethodNotAllowed,
	"Forbidden.RAM":               http.StatusForbidden,
	"NoPermission":                http.StatusForbidden,
	"ServiceUnavailable":          http.StatusServiceUnavailable,
	"InternalError":               http.StatusInternalServerError,
}

func gatewayError(code, message string) *apiError {
	status := statuses[code]
	if status == 0 {
		status = http.StatusBadRequest
	}
	return &apiError{status, code, message}
}

// missing is the gateway's Missing{ParameterName}.
func missing(parameter string) *apiError {
	return gatewayError("Missing"+parameter, parameter+" is mandatory for this action.")
}

// invalid is the gateway's Invalid{ParameterName}.
func invalid(parameter string) *apiError {
	return gatewayError("Invalid"+parameter, "Specified parameter "+parameter+" is not valid.")
}

// businessMessages are the product's own refusals; Alibaba's page of error codes
// has them. Their HTTP status is documented nowhere; the product answers 200.
var businessMessages = map[string]string{
	"iot.system.SystemException":          "A system exception occurred.",
	"iot.system.IllegalRequest":           "The request parameter is invalid.",
	"iot.system.InstanceNotFound":         "The specified instance ID does not exist.",
	"iot.Sre.IotInstanceNotFound":         "The specified instance does not exist.",
	"iot.prod.NotExistedProduct":          "The product does not exist.",
	"iot.common.InvalidPageParams":        "The specified page size or page number is invalid.",
	"iot.common.RamActionPermissionDeny":  "The RAM user does not have the required permissions.",
	"iot.common.AuthActionPermissionDeny": "Authentication failed.",
	"iot.firmware.NullOTAJobId":           "The update batch ID is empty.",
	"iot.firmware.InvalidOTAJobId":        "The update batch ID is incorrect.",
	"iot.firmware.InvalidTaskStatus":      "The update task status is incorrect.",
	"iot.firmware.FirmwareNotFound":       "The update package does not exist.",
	"iot.firmware.InvalidFirmwareId":      "The update package ID is incorrect.",
	"iot.firmware.SystemBusy":             "The system is busy.",
	"Iot.system.BillIsOverDue":            "The account has overdue payments.",
}

func businessError(code string) *apiError {
	return &apiError{http.StatusOK, code, businessMessages[code]}
}
