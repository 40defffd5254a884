// Package promtext parses text expositions as Prometheus does.
package promtext
