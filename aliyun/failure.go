package aliyun

import (
	"errors"
)

// AccountWide says whether a poll failed for a reason that other batches share.
func AccountWide(err *Error) bool {
	if err == nil {
		return false
	}
	switch err.Class {
	case ClassAuth, ClassPermission, ClassTransport, ClassTimeout:
		return true
	}
	return false
}

// AsError is nil for a nil error.
func AsError(err error) *Error {
	failure, _ := errors.AsType[*Error](err)
	return failure
}
