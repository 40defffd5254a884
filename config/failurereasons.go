package config

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

const (
	maxFailureReasons = 20  // each is a series of every batch with failed devices
	maxReason         = 64  // bytes
	maxPattern        = 512 // characters
)

// reserved are reasons that say that nothing is known.
var reserved = []string{"other", "unread"}

var reasonPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// validateReasons checks the failure reasons and compiles their patterns.
func (c *Config) validateReasons(r *report) {
	if len(c.FailureReasons) > maxFailureReasons {
		r.wrong(fmt.Sprintf("failure_reasons[%d]", maxFailureReasons), "more than %d reasons; join patterns of one reason with |, and remove reasons that nobody needs to tell apart", maxFailureReasons)
	}
	names := map[string]string{}
	for i := range c.FailureReasons {
		f, path := &c.FailureReasons[i], fmt.Sprintf("failure_reasons[%d]", i)
		r.checkValues(path, f)
		if f.Reason != "" {
			r.unique(names, f.Reason, path+".reason", "the same reason as %s; join the patterns of the two with |")
		}
		if r.invalid(path+".match") || r.undecoded(path+".match") {
			continue
		}
		f.Pattern, _ = regexp.Compile(f.Match) // checked above
		if f.Pattern.MatchString("") {
			r.warn(path+".match", "matches every text, so no later reason and no built-in reason is ever used; write a pattern that needs at least one character")
		}
	}
}

func checkReason(r *report, at string, value any) {
	switch name := value.(string); {
	case name == "":
		r.wrong(at, "missing; write a name such as flash_full, which becomes the value of the reason label")
	case slices.Contains(reserved, name):
		r.wrong(at, "reserved for devices whose reason is not known; choose another name")
	case len(name) > maxReason:
		r.wrong(at, "longer than %d bytes; choose a shorter name", maxReason)
	case !reasonPattern.MatchString(name):
		r.wrong(at, "not in snake_case; write lower-case letters, digits and single underscores, beginning with a letter, such as flash_full")
	}
}

func checkPattern(r *report, at string, value any) {
	pattern := value.(string)
	_, err := regexp.Compile(pattern)
	switch {
	case pattern == "":
		r.wrong(at, "missing; write a regular expression such as '(?i)no space'")
	case utf8.RuneCountInString(pattern) > maxPattern:
		r.wrong(at, "longer than %d characters; write a shorter regular expression", maxPattern)
	case err != nil:
		what := "not valid"
		if syntaxErr, ok := errors.AsType[*syntax.Error](err); ok {
			what = syntaxErr.Code.String() // the error itself quotes the value
		}
		r.wrong(at, "not a regular expression: %s; correct it, in RE2 syntax and in single quotes", what)
	}
}
