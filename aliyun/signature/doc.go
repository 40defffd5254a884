// Package signature builds the HTTP request of one call and signs it, in the two ways
// that gateways of the API know: ACS3-HMAC-SHA256 in the headers, and the older
// HMAC-SHA1 of RPC calls in the query. Every call is a POST without a body: its
// parameters are in the query.
//
// It sends nothing, asks nobody for keys and reads no answer. It knows no operation of
// the API: names, parameters and the API's version come from the caller.
package signature
