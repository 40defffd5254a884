package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// marks say what a block of commands needs that TestCommands does not have. A block without
// a mark is run by TestCommands.
var marks = map[string]string{
	"account": "an account of Alibaba Cloud",
	"cluster": "a Kubernetes cluster",
	"docker":  "Docker and its registries",
	"network": "downloads from the internet",
	"root":    "the right to change the system",
	"ci":      "more time: another test or .ci/run runs it, see elsewhere",
}

// elsewhere names the files that run the commands of blocks with the mark ci, with what
// proves it.
var elsewhere = map[string][2]string{
	"go test ./...": {".ci/run", "go test ./..."},
	"make build":    {".ci/run", "make --silent build"},
	"promtool test rules deploy/prometheus/tests/*.yml": {"deploy/rules_test.go", `run(t, promtool, "test", "rules", file)`},
}

// languages are those of blocks that are not commands.
var languages = []string{"ini", "json", "nginx", "promql", "text", "yaml"}

// Every block of code is in a known language. A block of commands is run by a test, or its
// mark says what it needs instead.
func TestCommandsAreRunOrMarked(t *testing.T) {
	used := make(map[string]bool) // marks, and commands in elsewhere
	for document, text := range documents(t) {
		if isChinese(document) {
			continue
		}
		for _, b := range blocks(text) {
			switch {
			case b.language == "sh" && b.mark == "ci":
				for line := range strings.Lines(b.text) {
					command := strings.TrimSpace(line)
					where, known := elsewhere[command]
					if !known {
						t.Errorf("%s: nothing runs %q", document, command)
					} else if !strings.Contains(repository.Read(t, where[0]), where[1]) {
						t.Errorf("%s: %s does not run %q", document, where[0], command)
					}
					used[command] = true
				}
			case b.language == "sh" && b.mark != "" && marks[b.mark] == "":
				t.Errorf("%s: %q is not a mark of commands", document, b.mark)
			case b.language != "sh" && (b.mark != "" || !slices.Contains(languages, b.language)):
				t.Errorf("%s: a block of code in %q, want sh or one of %v", document, strings.TrimSpace(b.language+" "+b.mark), languages)
			}
			used[b.mark] = true
		}
	}
	for mark := range marks {
		if !used[mark] {
			t.Errorf("no block has the mark %q", mark)
		}
	}
	for command := range elsewhere {
		if !used[command] {
			t.Errorf("no document has the command %q", command)
		}
	}
}

// Who pastes a whole block gives the commands behind one that reads the terminal to that command, for
// example as the secret.
func TestWhatReadsTheTerminalIsLast(t *testing.T) {
	reads := regexp.MustCompile(`\b(?:cat >|read )`)
	found := 0
	for document, text := range documents(t) {
		for _, b := range blocks(text) {
			lines := strings.Split(strings.TrimSpace(b.text), "\n")
			for i, line := range lines {
				if b.language != "sh" || !reads.MatchString(line) || strings.Contains(line, "<<") {
					continue
				}
				found++
				if i != len(lines)-1 {
					t.Errorf("%s: %q reads the commands behind it", document, line)
				}
			}
		}
	}
	if found < 4 {
		t.Errorf("%d commands read the terminal, in two languages", found)
	}
}

// inline matches a command within a sentence.
var inline = regexp.MustCompile("`([a-z_]+) ([^`\n]+)`")

// A command within a sentence is about units, folders or files that exist, as far as they
// are of this repository.
func TestCommandsInSentences(t *testing.T) {
	checked := make(map[string]int) // by program
	for document, text := range documents(t) {
		for _, found := range inline.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			var needs []string // paths from the root
			switch program, words := found[1], strings.Fields(found[2]); program {
			case "go", "promtool", "amtool":
				for _, word := range words {
					if strings.HasPrefix(word, "./") && word != "./..." || strings.HasPrefix(word, "deploy/") {
						needs = append(needs, word)
					}
				}
			case "systemctl", "journalctl":
				for _, word := range words {
					if unit, _, isFile := strings.Cut(word, ".socket"); strings.HasPrefix(word, "aliyun_iot_ota_exporter") {
						suffix := ".service"
						if isFile {
							suffix = ".socket"
						}
						needs = append(needs, "deploy/systemd/"+strings.TrimSuffix(unit, ".service")+suffix)
					}
				}
			}
			for _, path := range needs {
				checked[found[1]]++
				if _, err := os.Stat(repository.Path(t, path)); err != nil {
					t.Errorf("%s: %s: there is no %s", document, found[0], path)
				}
			}
		}
	}
	if checked["go"] == 0 || checked["systemctl"] < 3 {
		t.Errorf("commands found: %v", checked)
	}
}
