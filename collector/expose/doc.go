// Package expose serves the metrics of the batches in the store, as text, as OpenMetrics
// and as protobuf, and after them the metrics of the exporter itself.
//
// metrics.go has the table of all metrics of batches: one row each, with the full name.
// labels.go has the table of the labels of job_info. render walks the metrics table for
// each scrape and writes the samples to a sink, textSink or protoSink, family by family.
//
// A scrape never calls the API and never waits for polling: it reads one snapshot of the
// store. The package keeps nothing between scrapes, and only a part of one family in memory.
package expose
