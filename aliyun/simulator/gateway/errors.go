package gateway

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// apiError is an error in the form of a gateway error or, if its code is one of the
// product, of a business error.
type apiError struct {
	status        int // of HTTP
	code, message string
}

// isBusiness reports whether a code is one of the product.
func isBusiness(code string) bool {
	return len(code) > 4 && strings.EqualFold(code[:4], "iot.")
}

// statuses has the HTTP statuses of the gateway's codes, except 400.
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
	return &apiError{cmp.Or(statuses[code], http.StatusBadRequest), code, message}
}

// missing returns the gateway error Missing{ParameterName}.
func missing(parameter string) *apiError {
	return gatewayError("Missing"+parameter, parameter+" is mandatory for this action.")
}

// invalid returns the gateway error Invalid{ParameterName}.
func invalid(parameter string) *apiError {
	return gatewayError("Invalid"+parameter, "Specified parameter "+parameter+" is not valid.")
}

// businessMessages are the errors of the product, from Alibaba's page of error codes.
var businessMessages = map[string]string{
	"Iot.system.BillIsOverDue":             "The account has overdue payments.",
	"iot.Sre.IotInstanceNotFound":          "The specified instance does not exist.",
	"iot.common.APINotSupportedInInstance": "The instance does not support the API operation.",
	"iot.common.AuthActionPermissionDeny":  "Authentication failed.",
	"iot.common.InvalidFormattedParameter": "The format of a request parameter is invalid.",
	"iot.common.InvalidPageParams":         "The specified page size or page number is invalid.",
	"iot.common.InvalidTenant":             "The specified tenant is invalid.",
	"iot.common.RamActionPermissionDeny":   "The RAM user does not have the required permissions.",
	"iot.firmware.FirmwareNotFound":        "The update package does not exist.",
	"iot.firmware.InvalidFirmwareId":       "The update package ID is incorrect.",
	"iot.firmware.InvalidOTAJobId":         "The update batch ID is incorrect.",
	"iot.firmware.InvalidProductKey":       "The ProductKey is incorrect.",
	"iot.firmware.InvalidTaskStatus":       "The update task status is incorrect.",
	"iot.firmware.ListOTAJobFailed":        "Failed to query the update batches.",
	"iot.firmware.ListOTATaskByJobFailed":  "Failed to query the update tasks.",
	"iot.firmware.NullFirmwareId":          "The update package ID is empty.",
	"iot.firmware.NullOTAJobId":            "The update batch ID is empty.",
	"iot.firmware.SystemBusy":              "The system is busy.",
	"iot.prod.NotExistedProduct":           "The product does not exist.",
	"iot.system.IllegalRequest":            "The request parameter is invalid.",
	"iot.system.InstanceNotFound":          "The specified instance ID does not exist.",
	"iot.system.SystemException":           "A system exception occurred.",
	"iot.system.UidNotFound":               "The account does not exist, or IoT Platform is not activated for it.",
}

// BusinessCodes returns the known error codes of the product, sorted. The caller owns the
// slice.
func BusinessCodes() []string { return slices.Sorted(maps.Keys(businessMessages)) }

// businessError returns an error of the product. It has HTTP status 200, which the real
// product sends but no page documents.
func businessError(code string) *apiError {
	return &apiError{http.StatusOK, code, cmp.Or(businessMessages[code], "The request has failed.")}
}
