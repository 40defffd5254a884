// Package check implements --config.check and --config.check-live.
//
// Config computes a plan from the configuration, without any call: how old the data of a batch
// can get within the rate budget, and which setting to change if an interval is too short.
// Live also makes calls: it checks every ID of the configuration and every operation that the
// exporter needs, within the rate budget, and reports each problem with its cure.
//
// Neither of them starts polling, writes a file or changes anything at the API. The output
// never contains a secret.
package check
