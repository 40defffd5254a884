// Package advice says what a failed call means and what to do about it. It is the only
// source of these texts: /jobs, --config.check-live and the table in
// deploy/docs/troubleshooting.md show them.
//
// The advice for an error is found by the API's code, then by what keeps the endpoint from
// answering, then by the class of the error. [Cure] is that of one call, with the endpoint
// and the id that was asked for, in any language. [Document] writes that table.
//
// The package knows the classes, codes and causes of package aliyun. It knows nothing of
// batches, makes no calls and keeps nothing.
package advice
