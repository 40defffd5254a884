// Package conditions says under which conditions a test runs.
package conditions
