// Package pages serves /jobs: a table of the watched batches for people, as HTML without
// scripts. The URL selects, sorts and searches the batches.
//
// A request goes through these steps: parsePageQuery reads the URL, pageRows makes a row of
// each state in the store, pageQuery.of filters them, pageQuery.sorted sorts them, and
// page.html shows at most 100 of them. Everything that a request may ask for is limited.
//
// The package never calls the API and keeps nothing between requests. Texts from the API are
// escaped and truncated, and the security policy of the page allows only its own style sheet.
package pages
