// Package promtext reads a text exposition back, as Prometheus does.
package promtext
