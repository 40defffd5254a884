// Package translation makes the Chinese version of each text for people: of READMEs,
// runbooks, alerts and dashboards, of the comments in files to copy, and of schemas.
//
// The English text is the source. The folder of an English text has a dictionary beside it:
// a list of English and Chinese pairs, keyed by the English text like gettext's. A Chinese
// file is generated from both, and nobody edits it. So a changed English sentence without its
// Chinese one fails a test, and so does a pair that no text uses.
//
// No sentence stands in two pairs. A text that the dictionary of its folder does not have is
// looked up in deploy/dictionary.zh-CN.yml, which has what several folders need, and then in
// the dictionary of the exporter's pages, whose names such as {endpoint} may be filled in. A
// paragraph without a pair is put together from the pairs of its sentences.
//
// Only tests and make update use the package. It has no state of its own; a Dictionary
// remembers what it was asked for.
package translation
