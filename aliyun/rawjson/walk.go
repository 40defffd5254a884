package rawjson

import "iter"

// Members returns the keys and values of an object, in their order. A key is a JSON text.
func Members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for at := next(object, 1); object[at] != '}'; {
			keyEnd := textEnd(object, at)
			start := next(object, next(object, keyEnd)+1) // behind the colon
			end := valueEnd(object, start)
			if !yield(object[at:keyEnd], object[start:end]) {
				return
			}
			at = nextEntry(object, end)
		}
	}
}

// Elements returns the values of a list, in their order.
func Elements(list []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for at := next(list, 1); list[at] != ']'; {
			end := valueEnd(list, at)
			if !yield(list[at:end]) {
				return
			}
			at = nextEntry(list, end)
		}
	}
}

// nextEntry returns the place of the next entry, or of the closing bracket.
func nextEntry(json []byte, at int) int {
	if at = next(json, at); json[at] == ',' {
		at = next(json, at+1)
	}
	return at
}

// next returns the first place from at on that is not a space.
func next(json []byte, at int) int {
	for json[at] == ' ' || json[at] == '\n' || json[at] == '\t' || json[at] == '\r' {
		at++
	}
	return at
}

// valueEnd returns the place behind the value at this place. It does not recurse, so the
// depth of the value does not matter.
func valueEnd(json []byte, at int) int {
	for depth := 0; ; {
		switch json[at] {
		case '"':
			at = textEnd(json, at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			depth--
			at++
		case ' ', '\n', '\t', '\r', ',', ':':
			at++ // within an object or a list
			continue
		default:
			at = literalEnd(json, at)
		}
		if depth == 0 {
			return at
		}
	}
}

// textEnd returns the place behind the text that begins at this place.
func textEnd(json []byte, at int) int {
	for at++; json[at] != '"'; at++ {
		if json[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// literalEnd returns the place behind the number, true, false or null at this place.
func literalEnd(json []byte, at int) int {
	for ; at < len(json); at++ {
		switch json[at] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return at
		}
	}
	return at
}
