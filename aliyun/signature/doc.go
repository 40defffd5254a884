// Package signature builds and signs the HTTP request of one call. It has the two
// signatures that gateways of the API accept: ACS3-HMAC-SHA256, which is in the headers,
// and the older HMAC-SHA1 of RPC calls, which is in the query. Every request is a POST
// without a body; its parameters are in the query.
//
// The package sends nothing, does not get keys and reads no answers. It knows no
// operation of the API: operation, parameters and version come from the caller.
package signature
