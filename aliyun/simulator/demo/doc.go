// Package demo is the simulated fleet of --demo: two accounts with batches in every state,
// served on a loopback address. New rollouts start as long as it runs. [Server.Config]
// returns the configuration of an exporter that watches it.
//
// The package only sets up a simulator: package fleet derives the state of batches, and
// package gateway answers calls. It opens one listener and makes no calls.
package demo
