// Package pages serves the pages for people, as HTML without scripts: the landing page, /jobs,
// which is a table of the watched batches, and a page for each batch. The URL of /jobs selects,
// sorts and searches the batches.
//
// A request of /jobs goes through these steps: parsePageQuery reads the URL, pageRows makes a
// row of each state in the store, findOutages finds the causes that failures share,
// pageQuery.of filters the rows, pageQuery.sorted sorts them, and jobs.html shows at most 100 of
// them. Everything that a request may ask for is limited.
//
// The texts are in the language of the reader, see package phrase. Templates mark them with
// double square brackets.
//
// All pages have the parts of frame.html and one style sheet. The package never calls the API
// and keeps nothing between requests. Texts from the API are escaped and truncated, and the
// security policy of the pages allows only their own style sheet.
package pages
