package docs_test

import (
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Whoever follows the documents, in English or in Chinese, writes configurations and secrets
// only into files that git ignores, and changes no file of the repository. All blocks of
// commands run here, with the programs that write files. Other commands do nothing.
func TestSecretsStayOutOfGit(t *testing.T) {
	bash, git, programs := repository.Tool(t, "bash"), repository.Tool(t, "git"), t.TempDir()
	for _, name := range []string{"cat", "chmod", "cp", "mkdir", "mv", "rm", "touch"} {
		if err := os.Symlink(repository.Tool(t, name), filepath.Join(programs, name)); err != nil {
			t.Fatal(err)
		}
	}
	clone := filepath.Join(t.TempDir(), "clone")
	run := func(folder, commands string) {
		command := exec.CommandContext(t.Context(), bash, "-c", "command_not_found_handle() { :; }\n"+commands)
		command.Dir, command.Env = filepath.Join(clone, folder), []string{"PATH=" + programs, "SECRET=secret"}
		command.Stdin = strings.NewReader("pasted\n")
		_ = command.Run() // fails where it needs the output of another program
	}
	status := func(options ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), git, append([]string{"-C", clone, "status", "--porcelain"}, options...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if out, err := exec.CommandContext(t.Context(), git, "clone", "--quiet", published(t), clone).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	texts := documents(t)
	for document, text := range texts {
		for _, b := range blocks(text) {
			if b.language != "sh" {
				continue
			}
			run("", b.text)
			run(path.Dir(document), b.text) // some are for that folder
			if changed := status(); changed != "" {
				t.Fatalf("%s: after these commands, git would take a file of the user:\n%s\n%s", document, b.text, changed)
			}
		}
	}
	// What commands read is written before, and openssl is not among the programs.
	for _, file := range []string{"tls.yml", "mutual-tls.yml"} {
		texts["deploy/web/"+file] = repository.Read(t, "deploy/web/"+file)
	}
	written := regexp.MustCompile(`(?:--set-file [\w.]+=|--config\.file=|-(?:key)?out )([a-z][\w./-]*\w)`)
	for text := range maps.Values(texts) {
		for _, found := range written.FindAllStringSubmatch(text, -1) {
			run("", "[ -e '"+found[1]+"' ] || cat >'"+found[1]+"'")
		}
	}
	if changed := status(); changed != "" {
		t.Errorf("git would take files that the documents name:\n%s", changed)
	}
	ignored := strings.Fields(strings.ReplaceAll(status("--ignored"), "!!", ""))
	for _, want := range []string{
		"access_key_secret", "aliyun_iot_ota_exporter.yml", "server.key",
		"deploy/compose/private/access_key_secret", "deploy/compose/private/aliyun_iot_ota_exporter.yml",
		"deploy/compose/private/dingtalk-adapter.yml", "deploy/compose/private/dingtalk.yml",
		"deploy/kubernetes/private/access-key/", "deploy/kubernetes/zh-CN/private/access-key/",
	} {
		if !slices.Contains(ignored, want) {
			t.Errorf("%s is not written, or not ignored; ignored are %q", want, ignored)
		}
	}
}
