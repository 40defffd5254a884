package translation

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// Rules translates a file of alerts: the comment at its top, which is Markdown, the other
// comments and the annotations. url leads to the Chinese runbook.
func Rules(source []byte, d *Dictionary, url func(string) string) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(source, &document); err != nil {
		return nil, fmt.Errorf("decode rules: %w", err)
	}
	document.HeadComment = "" // in the root of a document is the comment at its top
	document.Content[0].HeadComment, document.Content[0].Content[0].HeadComment = "", ""
	translateRules(&document, d, url)
	var body bytes.Buffer
	encoder := yaml.NewEncoder(&body)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return nil, fmt.Errorf("encode rules: %w", err)
	}
	out := commented(Markdown(topComment(source), d.Translate))
	spaced := rule.ReplaceAllString(body.String(), "\n\n$1")
	return append(out, strings.ReplaceAll(spaced, "rules:\n\n", "rules:\n")...), nil
}

// rule is the beginning of an alert with the comment above it.
var rule = regexp.MustCompile(`\n((?:      # .*\n)?      - alert:)`)

// translateRules walks a node.
func translateRules(node *yaml.Node, d *Dictionary, url func(string) string) {
	if comment := node.HeadComment; comment != "" {
		node.HeadComment = "# " + d.Translate(strings.ReplaceAll(strings.TrimPrefix(comment, "# "), "\n# ", " "))
	}
	for i, child := range node.Content {
		translateRules(child, d, url)
		if node.Kind != yaml.MappingNode || i%2 == 0 || node.Content[i-1].Value != "annotations" {
			continue
		}
		for j := 0; j+1 < len(child.Content); j += 2 {
			value := child.Content[j+1]
			if strings.HasSuffix(child.Content[j].Value, "_url") {
				value.Value = url(value.Value)
			} else {
				value.Value, value.Style = inUnits(d.named(Template(value.Value, d.Translate))), yaml.FoldedStyle
			}
		}
	}
}

// topComment is the text of the comment at the top of a file, which is Markdown.
func topComment(source []byte) []byte {
	var text bytes.Buffer
	for line := range bytes.Lines(source) {
		if !bytes.HasPrefix(line, []byte("#")) {
			break
		}
		text.Write(bytes.TrimPrefix(line[1:], []byte(" ")))
	}
	return text.Bytes()
}

func commented(text []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		out.WriteString(strings.TrimRight("# "+string(line), " \n") + "\n")
	}
	return out.Bytes()
}
