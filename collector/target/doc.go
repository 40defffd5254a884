// Package target says what to watch: accounts, their instances, the batches that
// are named, and what batches are discovered by. It comes from the configuration
// and does not change by itself. It asks nothing and keeps nothing of answers.
package target
