package config

import "gopkg.in/yaml.v3"

// maxMerges is the maximum depth of mappings that merge each other with <<. It stops an
// anchor that merges itself.
const maxMerges = 8

// pair is a key with its value.
type pair struct {
	key   string
	line  int // of the key
	value *yaml.Node
}

// pairs returns the pairs of a mapping, then those that << merges into it. A key of the
// mapping overrides a merged one, and the first merged mapping overrides the next ones.
func (d *decoder) pairs(path string, n *yaml.Node) []pair {
	lines := map[string]int{}
	return d.merge(path, n, lines, 0)
}

// merge returns the pairs of n whose key is not in lines yet, and adds their keys to lines.
func (d *decoder) merge(path string, n *yaml.Node, lines map[string]int, depth int) []pair {
	if d.values++; d.values > maxValues || depth > maxMerges {
		d.undecodable(n.Line, path, "<< merges too many mappings; write the keys out")
		return nil
	}
	var found []pair
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := follow(n.Content[i]), n.Content[i+1]
		switch first := lines[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			d.undecodable(n.Content[i].Line, path, "a key that is not plain text; all known keys are plain words")
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
				d.undecodable(source.Line, path, "<< needs the alias of a set of keys; give it one, such as *defaults")
				continue
			}
			found = append(found, d.merge(path, source, lines, depth+1)...)
		}
	}
	return found
}
