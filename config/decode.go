package config

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// maxValues is the maximum number of values in a file, with aliases expanded. Nested
// aliases can turn a page of text into billions of values. A file with 100,000 jobs is
// below the limit.
const maxValues = 1 << 18

// durationPattern matches what time.ParseDuration can read. ParseDuration itself returns the
// same error for a malformed text and for a duration that is too long.
var durationPattern = regexp.MustCompile(`^[+-]?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$`)

// decoder fills the schema from YAML nodes. The decoder of the library is not used because
// it does not report paths, accepts unknown keys below an UnmarshalYAML method, and quotes
// the values that it rejects.
type decoder struct {
	*report
	values int
}

// decode sets out to the value of a node. It reports problems to d.report and continues.
func (d *decoder) decode(path string, n *yaml.Node, out reflect.Value) {
	if d.values++; d.values > maxValues {
		return
	}
	n = follow(n)
	if isNull(n) {
		return
	}
	switch out.Kind() {
	case reflect.Struct:
		if out.Type() == reflect.TypeFor[Secret]() {
			d.scalar(path, n, out)
			return
		}
		d.mapping(path, n, out)
	case reflect.Slice:
		d.sequence(path, n, out)
	default:
		d.scalar(path, n, out)
	}
}

func (d *decoder) mapping(path string, n *yaml.Node, out reflect.Value) {
	if d.hasWideMark(path, n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.undecodable(n.Line, path, "not a set of keys; write %s", wantKeys(out.Type()))
		return
	}
	keys := keysOf(out.Type())
	for _, p := range d.pairs(path, n) {
		i := slices.Index(keys, p.key)
		if i < 0 {
			d.unknownKey(path, p.key, p.line, out.Type())
			continue
		}
		at := join(path, keys[i])
		if !isNull(follow(p.value)) {
			d.lines[at] = p.line
		}
		d.decode(at, p.value, out.Field(i))
	}
}

// hasWideMark reports a plain text in place of keys or of a list that is one because of a mark of a
// Chinese keyboard.
func (d *decoder) hasWideMark(path string, n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || wideMark(n.Value) == "" {
		return false
	}
	d.undecodable(n.Line, path, "contains %s", wideMark(n.Value))
	return true
}

func (d *decoder) sequence(path string, n *yaml.Node, out reflect.Value) {
	if d.hasWideMark(path, n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.undecodable(n.Line, path, "not a list; put a dash before each item or write [a, b]")
		return
	}
	if len(n.Content) == 0 {
		return
	}
	out.Set(reflect.MakeSlice(out.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		if d.values > maxValues {
			return
		}
		at := fmt.Sprintf("%s[%d]", path, i)
		d.lines[at] = item.Line
		// The validate pass reports empty texts, because it knows what they are for.
		if out.Index(i).Kind() == reflect.Struct && isNull(follow(item)) {
			d.undecodable(item.Line, at, "nothing after the dash; fill it in or remove it")
			continue
		}
		d.decode(at, item, out.Index(i))
	}
}

func (d *decoder) scalar(path string, n *yaml.Node, out reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.undecodable(n.Line, path, "not a single value; write one after the colon or the dash")
		return
	}
	switch n.ShortTag() {
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
	default:
		d.undecodable(n.Line, path, "a tag that is not supported here; remove the ! or put the value in quotes")
		return
	}
	switch v := out.Addr().Interface().(type) {
	case *string:
		*v = n.Value // as written: 0123 and 1e5 are valid IDs
	case *Secret:
		*v = NewSecret(n.Value)
	case *bool:
		if n.Decode(v) != nil {
			d.undecodable(n.Line, path, "neither true nor false")
		}
	case *int:
		// The library would truncate 2.5 to 2.
		if n.ShortTag() != "!!int" || n.Decode(v) != nil {
			d.undecodable(n.Line, path, "not a whole number; write digits without quotes")
		}
	case *time.Duration:
		var err error
		if *v, err = time.ParseDuration(n.Value); err == nil {
			return
		}
		if durationPattern.MatchString(n.Value) {
			d.undecodable(n.Line, path, "too long; write at most %dh, which is 292 years", math.MaxInt64/time.Hour)
			return
		}
		d.undecodable(n.Line, path, "not a duration; write a number and its unit (ms, s, m or h), such as 90s, 15m or 24h")
	}
}

// plain sets out to the value of a text, as if it were a plain scalar in the file.
func (d *decoder) plain(path, text string, out reflect.Value) {
	d.scalar(path, &yaml.Node{Kind: yaml.ScalarNode, Value: text}, out)
}

// follow returns the node that an alias stands for, or else the node itself.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
