// Package web serves the exporter over HTTP: its pages, on its addresses, with
// the TLS and the authentication of Prometheus's exporter-toolkit. It knows
// nothing of batches.
package web
