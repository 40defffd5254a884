// Package expose renders what the store knows as metrics, in text and protobuf.
// The metrics table is here: one line a metric. It never calls the API.
package expose
