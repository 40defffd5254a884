package web

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// plainPath matches a path without characters that are special in a URL or in a route.
var plainPath = regexp.MustCompile(`^/[A-Za-z0-9._~/-]*$`)

// uncleanPath matches a path with an empty element, "." or "..". No request can have such a
// path, and the router panics.
var uncleanPath = regexp.MustCompile(`//|/\.\.?(/|$)`)

// ownPaths are the paths of other pages, which are also the beginnings of paths.
var ownPaths = []string{"/jobs", "/api", "/-", "/favicon.ico"}

// checkMetricsPath returns an error if the path cannot be that of the metrics.
func checkMetricsPath(path string) error {
	if !plainPath.MatchString(path) || uncleanPath.MatchString(path) {
		return errors.New("want a path such as /metrics, without //, /. and /.. and with no special characters but - . _ ~ in it")
	}
	if slices.ContainsFunc(ownPaths, func(own string) bool { return strings.HasPrefix(path+"/", own+"/") }) {
		return fmt.Errorf("other pages have this path; want one such as /metrics, which is not %s or below it", strings.Join(ownPaths, ", "))
	}
	return nil
}
