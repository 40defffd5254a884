package config

import "gopkg.in/yaml.v3"

// maxMerges bounds how deep << may merge a mapping that merges another. An anchor that
// merges itself has no end.
const maxMerges = 8

// pair is a key with its value.
type pair struct {
	key   string
	line  int // of the key
	value *yaml.Node
}

// pairs lists the keys of a mapping and after them those that << merges in. The
// mapping's own go before merged ones, and what is merged first goes before what is
// merged later.
func (d *decoder) pairs(path string, n *yaml.Node) []pair {
	lines := map[string]int{}
	return d.merge(path, n, lines, 0)
}

// merge lists the pairs of n that lines does not hold yet, and notes them there.
func (d *decoder) merge(path string, n *yaml.Node, lines map[string]int, depth int) []pair {
	if d.values++; d.values > maxValues || depth > maxMerges {
		d.undecodable(n.Line, path, "<< merges too much; write the keys out")
		return nil
	}
	var found []pair
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := follow(n.Content[i]), n.Content[i+1]
		switch first := lines[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			d.undecodable(n.Content[i].Line, path, "a key that is not plain text; known keys are simple words")
		case key.ShortTag() == "!!merge":
			merged = append(merged, value)
		case first == 0:
			lines[key.Value] = n.Content[i].Line
			found = append(found, pair{key.Value, n.Content[i].Line, value})
		case depth == 0:
			d.undecodable(n.Content[i].Line, join(path, shownKey(key.Value)), "given twice, first in line %d; keep one", first)
		}
	}
	for _, m := range merged {
		m = follow(m)
		sources := []*yaml.Node{m}
		if m.Kind == yaml.SequenceNode {
			sources = m.Content
		}
		for _, source := range sources {
			if source = follow(source); source.Kind != yaml.MappingNode {
				d.undecodable(source.Line, path, "<< of something that is not a set of keys; name an anchor of one")
				continue
			}
			found = append(found, d.merge(path, source, lines, depth+1)...)
		}
	}
	return found
}
