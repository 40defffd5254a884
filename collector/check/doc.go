// Package check is --config.check, which says what a configuration can keep, and
// --config.check-live, which asks the API for everything that it names. It starts
// nothing that goes on.
package check
