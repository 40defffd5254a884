package translation

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// Markdown translates the blocks of a document: headings, paragraphs, list items, table cells
// and the comments in code. All other code is carried over. A translated block is one line,
// because a line break between Chinese characters would be shown as a space.
func Markdown(source []byte, translate func(string) string) []byte {
	var out bytes.Buffer
	end := 0
	for _, b := range blocks(source) {
		out.Write(source[end:b.start])
		out.WriteString(b.translated(translate))
		end = b.stop
	}
	out.Write(source[end:])
	return out.Bytes()
}

// A block is a part of a document that is translated as one.
type block struct {
	start, stop int // in the source
	text        string
	heading     bool
	parts       []*regexp.Regexp // what is to translate in code or HTML, the second group; nil for the whole text
}

func (b block) translated(translate func(string) string) string {
	switch {
	case b.parts != nil:
		text := b.text
		for _, part := range b.parts {
			text = part.ReplaceAllStringFunc(text, func(found string) string {
				groups := part.FindStringSubmatch(found)
				return groups[1] + translate(groups[2])
			})
		}
		return text
	case !IsProse(b.text) && translate(b.text) == b.text:
		return b.text // with its line breaks
	}
	return translate(b.text)
}

var (
	// comments are those of a shell script, YAML, PromQL or INI file.
	comments = []*regexp.Regexp{regexp.MustCompile(`(?m)((?:^|[ \t])# )(\S.*)$`)}
	// shownHTML is the text between tags, and of pictures the description and the address.
	shownHTML = []*regexp.Regexp{regexp.MustCompile(`(alt="|>)([^"<>]*[^"<>\s])`), regexp.MustCompile(`()(src(?:set)?="[^"]+)`)}
)

// markdown is GitHub's flavour, as far as it has blocks of its own.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

// blocks are the translatable blocks of a document, in their order.
func blocks(source []byte) (all []block) {
	visit := func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || node.Type() == ast.TypeInline || node.Lines().Len() == 0 {
			return ast.WalkContinue, nil
		}
		lines := node.Lines()
		b := block{start: lines.At(0).Start, stop: lines.At(lines.Len() - 1).Stop}
		if cell, is := node.(*tables.TableCell); is && hasNames(cell, source) {
			return ast.WalkSkipChildren, nil
		}
		switch node.(type) {
		case *ast.CodeBlock:
			return ast.WalkSkipChildren, nil
		case *ast.FencedCodeBlock:
			b.parts = comments
		case *ast.HTMLBlock:
			b.parts = shownHTML
		case *ast.Heading:
			b.heading = true
		}
		b.stop = b.start + len(bytes.TrimRight(source[b.start:b.stop], " \n"))
		if b.text = string(source[b.start:b.stop]); b.parts == nil {
			b.text = strings.TrimRight(string(lines.Value(source)), " \n") // without what quotes and lists have before a line
		}
		all = append(all, b)
		return ast.WalkSkipChildren, nil
	}
	// visit returns no error, so Walk does not either.
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(source)), visit)
	return all
}

// hasNames reports whether a cell is below the head of a column of keys or types, which are
// names of a program.
func hasNames(cell *tables.TableCell, source []byte) bool {
	column := 0
	for before := cell.PreviousSibling(); before != nil; before = before.PreviousSibling() {
		column++
	}
	if cell.Parent().Kind() == tables.KindTableHeader {
		return false
	}
	head := cell.Parent().Parent().FirstChild().FirstChild()
	for range column {
		head = head.NextSibling()
	}
	title := string(head.Lines().Value(source))
	return title == "Key" || title == "Type"
}

// anchors are the names under which GitHub links to the headings of a document, in their order.
func anchors(source []byte, translate func(string) string) (names []string) {
	taken := map[string]int{}
	for _, b := range blocks(source) {
		if !b.heading {
			continue
		}
		name := anchor(translate(b.text))
		if n := taken[name]; n > 0 {
			names = append(names, name+"-"+strconv.Itoa(n))
		} else {
			names = append(names, name)
		}
		taken[name]++
	}
	return names
}

func anchor(heading string) string {
	shown := inlineLink.ReplaceAllString(heading, "$1")
	return strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(shown), ""), " ", "-")
}

var (
	inlineLink  = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)
