package compose_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// defaults are those in the table of flags in deploy/docs/running.md, which is made from the code.
func defaults(t *testing.T) map[string]string {
	t.Helper()
	rows := regexp.MustCompile("(?m)^\\| `(--[\\w.-]+)` \\| `?([^`|]*?)`? \\|").FindAllStringSubmatch(read(t, "deploy/docs/running.md"), -1)
	if len(rows) < 10 {
		t.Fatalf("running.md has a table of %d flags", len(rows))
	}
	values := map[string]string{}
	for _, row := range rows {
		values[row[1]] = row[2]
	}
	return values
}

// The exporter is started with flags that it has, and is reached where it listens.
func TestExporterStarts(t *testing.T) {
	known := defaults(t)
	listens := strings.TrimPrefix(known["--web.listen-address"], ":")
	for name, stack := range stacks(t) {
		exporter := stack.Services["exporter"]
		for _, arg := range exporter.Command {
			flag, _, _ := strings.Cut(arg, "=")
			if _, is := known[flag]; !is {
				t.Errorf("%s: running.md has no flag %s", name, flag)
			}
		}
		// Without --demo in the first stack there would be no data, and with it in the
		// second none of the user's.
		if demo := slices.Contains(exporter.Command, "--demo"); demo != (name == "demo") {
			t.Errorf("%s: --demo is %t", name, demo)
		}
		if inside, published := port(exporter); inside != listens || published != listens {
			t.Errorf("%s: port %s:%s, want %s", name, published, inside, listens)
		}
		if got := relative(t, exporter.Build.Context) + " " + exporter.Build.Dockerfile; got != ". deploy/Dockerfile" {
			t.Errorf("%s: built from %s", name, got)
		}
	}
}

// A build argument that the Dockerfile does not know would be ignored without a word.
func TestBuildArguments(t *testing.T) {
	var content struct {
		Services map[string]struct{ Build struct{ Args []string } }
	}
	decode(t, "deploy/compose/compose.yml", &content)
	args := content.Services["exporter"].Build.Args
	if len(args) == 0 {
		t.Error("there are no build arguments")
	}
	for _, arg := range args {
		if !regexp.MustCompile(`(?m)^ARG (?:.* )?` + arg + `\b`).MatchString(read(t, "deploy/Dockerfile")) {
			t.Errorf("the Dockerfile has no argument %s", arg)
		}
	}
}

// The user's files are mounted where the image and the example look for them, and the
// state is kept where the image's user may write.
func TestExporterWithCredentials(t *testing.T) {
	stack := stacks(t)["credentials"]
	exporter := stack.Services["exporter"]
	if len(exporter.Configs) != 1 || len(exporter.Secrets) != 1 {
		t.Fatalf("%d configs and %d secrets, want one each", len(exporter.Configs), len(exporter.Secrets))
	}

	config, secret := exporter.Configs[0], exporter.Secrets[0]
	if want := image(t).workdir + "/" + defaults(t)["--config.file"]; config.Target != want {
		t.Errorf("the configuration is at %s, want %s", config.Target, want)
	}
	if got, want := relative(t, stack.Configs[config.Source].File), "deploy/config.example.yml"; got != want {
		t.Errorf("the configuration is %s, want %s of the variable", got, want)
	}
	if got, want := relative(t, stack.Secrets[secret.Source].File), "LICENSE"; got != want {
		t.Errorf("the secret is %s, want %s of the variable", got, want)
	}
	reads := regexp.MustCompile(`access_key_secret_file: /run/secrets/` + secret.Source + `\b`)
	for _, file := range []string{"deploy/config.example.yml", "deploy/compose/README.md"} {
		if secret.Target != "/run/secrets/"+secret.Source || !reads.MatchString(read(t, file)) {
			t.Errorf("%s does not read the secret at %s", file, secret.Target)
		}
	}

	state := argument(t, exporter, "--persistence.file")
	volume(t, exporter, state)
	if !strings.HasPrefix(state, image(t).state+"/") {
		t.Errorf("the state is %s, but the image's user owns %s", state, image(t).state)
	}
}
