// Package situations has the situations that a batch can be in, for the golden files of every
// place that shows batches: the metrics, the pages and the JSON.
package situations
