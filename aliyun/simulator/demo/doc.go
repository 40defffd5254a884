// Package demo is the fleet of --demo: two accounts whose batches are in every situation
// that a batch can be in, served on a loopback address. Server.Config is the
// configuration of an exporter that watches it.
//
// It only builds: how a batch lives is in package fleet, how a call is answered in
// package gateway. It opens one listener and nothing else, and calls nobody.
package demo
