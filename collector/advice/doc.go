// Package advice leads from a failed call to its cure, for the pages and the
// checks. It knows the classes, codes and causes of package aliyun, and nothing of
// batches.
package advice
