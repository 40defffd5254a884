// Package phrase has the texts that people read on the pages, in the languages of their
// readers.
//
// The code and the templates contain the texts in English. A [Text] can be said in any
// [Language]; the template of a page is translated once, by [Language.Template]. The
// dictionary dictionary.zh-CN.json has the Chinese text for each English one. A text without
// a translation is said in English, and a test of package pages finds it.
//
// The package knows nothing of batches and errors. Logs, errors and the JSON API are always in
// English.
package phrase
