// Package web serves HTTP: it opens the addresses, routes requests to the handlers that it
// gets, and limits what slow or malformed clients can do. TLS and authentication are those of
// Prometheus's exporter-toolkit.
//
// exporter-toolkit reads the web configuration file again for each connection. The package
// logs when the file becomes invalid, but never a value of it, which may be a password.
//
// It knows nothing about batches or metrics, and no request waits for a call to the API.
package web
