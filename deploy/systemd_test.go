package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

const (
	serviceUnit     = "aliyun_iot_ota_exporter.service"
	socketUnit      = "aliyun_iot_ota_exporter.socket"
	programPath     = "/usr/local/bin/aliyun_iot_ota_exporter"
	credentialsPath = "/run/credentials/" + serviceUnit + "/"
)

// systemdUnit is what a unit file or a drop-in sets: the values of each key, in their
// order. Sections are left out, because none of our keys is in two of them.
type systemdUnit map[string][]string

func parseUnit(text string) systemdUnit {
	u := systemdUnit{}
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", "")) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && key[0] != '#' {
			u[key] = append(u[key], value)
		}
	}
	return u
}

// command splits the only value of a key such as ExecStart. Ours need no quotes.
func (u systemdUnit) command(t *testing.T, key string) []string {
	t.Helper()
	if len(u[key]) != 1 {
		t.Fatalf("%s=%q, want one", key, u[key])
	}
	return strings.Fields(u[key][0])
}

// credentialIDs are the names of the files in which the unit gets its secrets.
func (u systemdUnit) credentialIDs() (ids []string) {
	for _, value := range slices.Concat(u["LoadCredential"], u["LoadCredentialEncrypted"]) {
		if id, _, ok := strings.Cut(value, ":"); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// dropIn is a file that systemd/README.md shows. It changes the unit of.
type dropIn struct{ path, of, text string }

func dropIns(t *testing.T) (all []dropIn) {
	t.Helper()
	block := regexp.MustCompile("(?s)\n```ini\n# (/etc/systemd/system/([^/\n]+)\\.d/[^/\n]+\\.conf)\n(.*?)```\n")
	readme := read(t, "systemd/README.md")
	for _, found := range block.FindAllStringSubmatch(readme, -1) {
		all = append(all, dropIn{found[1], found[2], found[3]})
	}
	if n := strings.Count(readme, "```ini\n"); n == 0 || n != len(all) {
		t.Fatalf("%d drop-ins of %d say where they belong", len(all), n)
	}
	return all
}

// configOfReadme is the configuration that systemd/README.md shows.
func configOfReadme(t *testing.T) string {
	t.Helper()
	found := blocks(t, "systemd/README.md", "yaml")
	if len(found) != 1 {
		t.Fatalf("systemd/README.md has %d configurations, want one", len(found))
	}
	return found[0]
}

// The units use flags, variables, paths and a port that the exporter has. The table of
// flags in docs/running.md is made from the code.
func TestUnitsFitTheProgram(t *testing.T) {
	table := read(t, "docs/running.md")
	service := parseUnit(read(t, "systemd/"+serviceUnit))
	for _, key := range []string{"ExecStartPre", "ExecStart"} {
		words := service.command(t, key)
		if words[0] != programPath {
			t.Errorf("%s starts %s, want %s", key, words[0], programPath)
		}
		for _, word := range words[1:] {
			if flag, _, _ := strings.Cut(word, "="); !strings.Contains(table, "\n| `"+flag+"` | ") {
				t.Errorf("%s: the exporter has no flag %s", key, flag)
			}
		}
		if want := "--config.file=/etc/" + service["ConfigurationDirectory"][0] + "/aliyun_iot_ota_exporter.yml"; !slices.Contains(words, want) {
			t.Errorf("%s does not say %s", key, want)
		}
	}
	if want := "--persistence.file=/var/lib/" + service["StateDirectory"][0] + "/"; !strings.Contains(service["ExecStart"][0], want) {
		t.Errorf("ExecStart does not say %s…", want)
	}
	// systemd opens the port that the exporter would open itself.
	port := strings.TrimPrefix(regexp.MustCompile("\n\\| `--web.listen-address` \\| `(:\\d+)` \\| ").FindStringSubmatch(table)[1], ":")
	if got := parseUnit(read(t, "systemd/"+socketUnit))["ListenStream"]; !slices.Equal(got, []string{port}) {
		t.Errorf("%s: ListenStream=%q, want the exporter's own default %q", socketUnit, got, port)
	}
	for _, d := range dropIns(t) {
		for _, variable := range regexp.MustCompile(`ALIYUN_IOT_OTA_EXPORTER_\w+`).FindAllString(d.text, -1) {
			names := func(row []string) bool { // row is of a flag
				return "ALIYUN_IOT_OTA_EXPORTER_"+strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(row[1])) == variable
			}
			if !slices.ContainsFunc(regexp.MustCompile("\n\\| `--([a-z.-]+)` \\| ").FindAllStringSubmatch(table, -1), names) {
				t.Errorf("%s: no flag has the variable %s", d.path, variable)
			}
		}
	}
}

// What systemd/README.md installs is where the units look for it.
func TestUnitsFitTheirReadme(t *testing.T) {
	readme := read(t, "systemd/README.md")
	service := parseUnit(read(t, "systemd/"+serviceUnit))
	_, secret, _ := strings.Cut(service["LoadCredential"][0], ":")
	_, file, _ := strings.Cut(service["ExecStart"][0], "--config.file=")
	for _, want := range []string{
		" " + programPath + "\n",
		" " + strings.Fields(file)[0] + "\n",
		"umask 077; cat >" + secret + "'\n",
		" deploy/systemd/" + serviceUnit + " deploy/systemd/" + socketUnit + " /etc/systemd/system/\n",
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("systemd/README.md does not install %q", want)
		}
	}

	// Each path of a credential in the texts is one that systemd creates.
	ids := service.credentialIDs()
	for _, d := range dropIns(t) {
		ids = append(ids, parseUnit(d.text).credentialIDs()...)
	}
	text := readme + read(t, "systemd/"+serviceUnit)
	named := regexp.MustCompile(regexp.QuoteMeta(credentialsPath)+`([\w.]+)`).FindAllStringSubmatch(text, -1)
	for _, found := range named {
		if !slices.Contains(ids, found[1]) {
			t.Errorf("%s is named, and no LoadCredential= makes it", found[0])
		}
	}
	if len(named) == 0 || !strings.Contains(configOfReadme(t), credentialsPath+service.credentialIDs()[0]+"\n") {
		t.Errorf("the configuration does not name the credential of %s", serviceUnit)
	}

	// The exporter accepts the configuration, once its secret file exists.
	here := write(t, filepath.Join(t.TempDir(), "secret"), "secret")
	text = strings.ReplaceAll(configOfReadme(t), credentialsPath+service.credentialIDs()[0], here)
	if c, err := config.Parse(strings.NewReader(text)); err != nil || len(c.Warnings) > 0 {
		t.Errorf("the configuration: %+v, error %v", c, err)
	}
}

// systemd itself accepts the units, alone and with each drop-in, and finds the service
// well contained.
func TestSystemdAnalyze(t *testing.T) {
	analyze := repository.Tool(t, "systemd-analyze")
	for _, d := range append(dropIns(t), dropIn{path: "as they are"}) {
		t.Run(filepath.Base(d.path), func(t *testing.T) {
			dir := t.TempDir()
			// systemd looks whether the program is there. Here another one is.
			text := strings.ReplaceAll(read(t, "systemd/"+serviceUnit), "="+programPath+" ", "="+os.Args[0]+" ")
			service := write(t, filepath.Join(dir, serviceUnit), text)
			socket := write(t, filepath.Join(dir, socketUnit), read(t, "systemd/"+socketUnit))
			if d.of != "" {
				write(t, filepath.Join(dir, d.of+".d", filepath.Base(d.path)), d.text)
			}
			run(t, analyze, "verify", "--man=no", "--recursive-errors=no", service, socket)
			run(t, analyze, "security", "--no-pager", "--offline=true", "--threshold=20", service) // an exposure of 2.0 out of 10
		})
	}
}
