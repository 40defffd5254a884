// Package reason says why a device failed, in a few fixed words that can be a label.
//
// The API gives a free text (TaskDesc) and a number (Progress). What the platform itself
// writes there is documented, and so are the steps -1 to -4 that a device reports when it
// fails. Everything else is the text of some device program. [Rules.Of] tries the rules of
// the configuration first, then what is documented, then words that device programs use.
//
// A reason never contains a part of the text, which may name devices and people.
package reason
