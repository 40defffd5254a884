package translation

import (
	"regexp"
	"slices"
	"strings"
)

// Template translates a Prometheus template sentence by sentence. A sentence ends where a
// text between two actions ends with a full stop. What controls the flow around a sentence is
// carried over; the actions within it are part of the pair, so that Chinese can order them
// anew. A pair has … for each query in an action: {{ with … }}. They keep their order.
func Template(text string, translate func(string) string) string {
	var out strings.Builder
	tokens := templateTokens(oneLine(text))
	for len(tokens) > 0 {
		first := slices.IndexFunc(tokens, startsSentence)
		if first < 0 {
			first = len(tokens)
		}
		for _, between := range tokens[:first] {
			if strings.TrimSpace(between) != "" { // Chinese sentences have no space between them
				out.WriteString(between)
			}
		}
		tokens = tokens[first:]
		last := slices.IndexFunc(tokens, endsSentence)
		if last < 0 {
			last = len(tokens) - 1
		}
		out.WriteString(sentence(strings.TrimSpace(strings.Join(tokens[:last+1], "")), translate))
		tokens = tokens[last+1:]
	}
	return out.String()
}

// sentence translates one sentence, whose queries the pair does not have.
func sentence(text string, translate func(string) string) string {
	if text == "" {
		return ""
	}
	var queries []string
	short := action.ReplaceAllStringFunc(text, func(a string) string {
		return query.ReplaceAllStringFunc(a, func(q string) string {
			queries = append(queries, q)
			return "…"
		})
	})
	return action.ReplaceAllStringFunc(translate(short), func(a string) string {
		if strings.Contains(a, "…") && len(queries) > 0 { // otherwise a test finds that actions differ
			a = strings.Replace(a, "…", queries[0], 1)
			queries = queries[1:]
		}
		return a
	})
}

var (
	action  = regexp.MustCompile(`\{\{.*?\}\}`)
	query   = regexp.MustCompile(`printf ".*\| query(?: \| \w+ "\w+")*`)
	control = regexp.MustCompile(`^\{\{-? *(?:if|else|with|range|end|/\*|\$\w+ *:?=)`)
)

// templateTokens cuts a template into actions and the texts between them.
func templateTokens(text string) (tokens []string) {
	end := 0
	for _, at := range action.FindAllStringIndex(text, -1) {
		if at[0] > end {
			tokens = append(tokens, text[end:at[0]])
		}
		tokens, end = append(tokens, text[at[0]:at[1]]), at[1]
	}
	if end < len(text) {
		tokens = append(tokens, text[end:])
	}
	return tokens
}

func startsSentence(token string) bool {
	if action.MatchString(token) {
		return !control.MatchString(token)
	}
	return strings.TrimSpace(token) != ""
}

func endsSentence(token string) bool {
	return !action.MatchString(token) && strings.HasSuffix(strings.TrimSpace(token), ".")
}

// printedLabel is an action that prints a label of a sample.
var printedLabel = regexp.MustCompile(`( ?)\{\{ label "(\w+)" \. \}\}`)

// named puts the Chinese form of the exporter's own words, such as reasons, before them where a
// template prints them.
func (d *Dictionary) named(template string) string {
	return printedLabel.ReplaceAllStringFunc(template, func(found string) string {
		parts := printedLabel.FindStringSubmatch(found)
		if !wordKinds[parts[2]].both {
			return found
		}
		var choice strings.Builder
		for i, w := range d.Words(parts[2]) {
			if i > 0 {
				choice.WriteString("{{ else ")
			} else {
				choice.WriteString("{{ ")
			}
			choice.WriteString(`if eq . "` + w.Value + `" }}` + strings.TrimSuffix(w.Zh, w.Value))
		}
		return `{{ with label "` + parts[2] + `" . }}` + choice.String() + "{{ else }}" + parts[1] + "{{ end }}{{ . }}{{ end }}"
	})
}

// inUnits prints durations with Chinese units, as the pages do: 5d 0h 14m 18s is 5 天 0 小时 14 分钟.
// Minutes are exact enough. No alert has a duration below a second.
func inUnits(template string) string {
	return strings.ReplaceAll(template, "{{ humanizeDuration $value }}", "{{ humanizeDuration $value"+
		` | reReplaceAll "( 0[hm])* [0-9]+s$" "" | reReplaceAll "d" " 天" | reReplaceAll "h" " 小时" | reReplaceAll "m" " 分钟" | reReplaceAll "s" " 秒" }}`)
}

// Actions are the distinct actions of a template that print or look up something. Those that
// choose between an English singular and plural are left out: Chinese has none.
func Actions(text string) map[string]bool {
	all := map[string]bool{}
	for _, a := range action.FindAllString(oneLine(text), -1) {
		a = strings.TrimSpace(strings.Trim(a, "{}-"))
		if !plural.MatchString(a) {
			all[a] = true
		}
	}
	return all
}

var plural = regexp.MustCompile(`^(?:if (?:eq|ne) \$value 1\.0|else|end|/\* \*/)$`)
