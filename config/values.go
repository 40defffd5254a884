package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// The tags of a field of the schema say all about its key that does not depend on other
// keys. So a new key is one line here in config:
//
//	yaml     the key
//	default  its value when the file gives none, written as in a file
//	check    the name of the check, in checks, that its value must pass
//
// Durations and secrets need no check tag: their type says which check they must pass.

const (
	maxRequestsPerSecond = 10 // Alibaba's page for each operation: 10 a second for the main account

	// minDuration is the shortest valid duration. A shorter interval would keep a core
	// busy.
	minDuration = time.Millisecond
)

// checks holds the checks that a check tag can name. Each one reports to r what is wrong
// with the value at a path.
var checks = map[string]func(r *report, at string, value any){
	"endpoint":  checkEndpoint,
	"file":      checkFile, // the name of a file with a secret
	"id":        func(r *report, at string, value any) { checkWhole(r, at, value.(string), masked) },
	"key id":    func(r *report, at string, value any) { checkKey(r, at, value.(string), masked) },
	"pattern":   checkPattern,
	"rate":      checkRate,
	"reason":    checkReason,
	"signature": checkSignature,
	"text":      func(r *report, at string, value any) { checkWhole(r, at, value.(string), maskedKey) },
}

// setDefaults sets the default of each key that the file does not give. A zero in the
// file stays a zero, so that the validate pass can reject it.
func (d *decoder) setDefaults(path string, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for i := range v.Len() {
			d.setDefaults(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for field, value := range v.Fields() {
			at := join(path, field.Tag.Get("yaml"))
			if text, ok := field.Tag.Lookup("default"); ok && !d.given(at) {
				d.plain(at, text, value)
			}
			d.setDefaults(at, value)
		}
	}
}

// checkValues checks each value of a struct of the schema, independently of the others.
func (r *report) checkValues(path string, of any) {
	for field, v := range reflect.ValueOf(of).Elem().Fields() {
		at := join(path, field.Tag.Get("yaml"))
		switch value := v.Interface().(type) {
		case time.Duration:
			checkDuration(r, at, value)
		case Secret:
			checkKey(r, at, value.Reveal(), maskedKey)
		}
		if check, ok := checks[field.Tag.Get("check")]; ok {
			check(r, at, v.Interface())
		}
	}
}

func checkDuration(r *report, at string, d time.Duration) {
	switch {
	case d <= 0:
		r.wrong(at, "not greater than zero; write a duration such as 15s, or remove the key to use the default")
	case d < minDuration:
		r.wrong(at, "shorter than %v; write a duration such as 15s, or remove the key to use the default", minDuration)
	}
}

func checkRate(r *report, at string, value any) {
	if rate := value.(int); rate < 1 || rate > maxRequestsPerSecond {
		r.wrong(at, "not between 1 and %d, the limit of the API; write a number in this range, or remove the key to use the default", maxRequestsPerSecond)
	}
}

func checkSignature(r *report, at string, value any) {
	if value != "v3" && value != "v1" {
		r.wrong(at, "neither v3 nor v1; write v1 for a gateway that supports only HMAC-SHA1 signatures, or remove the key to use v3 (ACS3-HMAC-SHA256)")
	}
}

// checkWhole rejects a text that is not the value itself: one with a mask, and a placeholder.
func checkWhole(r *report, at, text string, masked func(string) bool) {
	if masked(text) {
		r.wrong(at, "part of the value is masked; write the whole value")
	}
	if placeholder(text) {
		r.wrong(at, notReplaced)
	}
}

// checkKey checks a part of a key pair, or a token.
func checkKey(r *report, at, text string, masked func(string) bool) {
	if inQuotes(text) {
		r.wrong(at, "has quotes within the quotes; write the value with one pair of quotes or none")
	}
	if !masked(text) && !placeholder(text) && strings.ContainsFunc(text, notInKeys) {
		r.wrong(at, "contains a space, a line break or another character that is never part of a key; copy the value again, on one line")
	}
	checkWhole(r, at, text, masked)
}

// checkFile checks that the exporter can read a secret from a file. "" is no file.
func checkFile(r *report, at string, value any) {
	name := value.(string)
	if name == "" {
		return
	}
	switch reason, absent := checkSecretFile(r.dir, name); {
	case reason == "":
	case absent && r.elsewhere:
		r.warn(at, "%s. The exporter does not start without this file on the machine where it runs", reason)
	default:
		r.wrong(at, "%s", reason)
	}
}
