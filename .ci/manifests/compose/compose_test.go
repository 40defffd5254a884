// Package compose_test holds deploy/compose, and the image that it builds, to the files
// that they name and to each other. It needs no container engine.
package compose_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

const (
	root   = "../../.."
	folder = root + "/deploy/compose"
	// private is the folder for files of the user.
	private = "deploy/compose/private"
)

// named are the user's files of compose.credentials.yml. Here they are the example, and a file
// that is there for sure.
var named = []string{"OTA_CONFIG_FILE=../config.example.yml", "OTA_SECRET_FILE=../../LICENSE"}

// stacks are the two that the comments at the top of the files say how to start.
func stacks(t *testing.T) map[string]*types.Project {
	t.Helper()
	demo, err := load(t, nil, "compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	credentials, err := load(t, named, "compose.yml", "compose.credentials.yml")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*types.Project{"demo": demo, "credentials": credentials}
}

// load reads the files as docker compose does, which refuses keys that it does not know.
func load(t *testing.T, environment []string, files ...string) (*types.Project, error) {
	t.Helper()
	var paths []string
	for _, file := range files {
		paths = append(paths, filepath.Join(folder, file))
	}
	options, err := cli.NewProjectOptions(paths, cli.WithEnv(environment), cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

// A user's files are in the folder that git ignores unless a variable names others, and the
// README writes them there.
func TestCredentialsAreInThePrivateFolder(t *testing.T) {
	stack, err := load(t, nil, "compose.yml", "compose.credentials.yml")
	if err != nil {
		t.Fatal(err)
	}
	readme := read(t, "deploy/compose/README.md")
	for _, file := range []string{stack.Configs["exporter"].File, stack.Secrets["aliyun"].File} {
		if file = relative(t, file); path.Dir(file) != private || !strings.Contains(readme, file) {
			t.Errorf("%s is not in %s, or the README does not name it", file, private)
		}
	}
}

// Whatever a container gets from outside exists in the repository, and the container
// cannot change it.
func TestSourcesExist(t *testing.T) {
	for name, stack := range stacks(t) {
		exists := func(what, path string) {
			t.Helper()
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		for _, s := range stack.Services {
			if s.Build != nil {
				exists(s.Name, s.Build.Context)
				exists(s.Name, filepath.Join(s.Build.Context, s.Build.Dockerfile))
			}
			for _, v := range s.Volumes {
				if v.Type == types.VolumeTypeBind {
					exists(s.Name, v.Source)
					if !v.ReadOnly {
						t.Errorf("%s: %s may write to %s", name, s.Name, v.Source)
					}
				}
			}
		}
		for source, c := range stack.Configs {
			exists(source, c.File)
		}
		for source, s := range stack.Secrets {
			exists(source, s.File)
		}
	}
}

// Two people who start the stack run the same versions.
func TestImagesArePinned(t *testing.T) {
	// A whole version, as in prom/prometheus:v3.5.0.
	pinned := regexp.MustCompile(`^[a-z][a-z._/-]+:v?\d+\.\d+\.\d+$`)
	for name, stack := range stacks(t) {
		for _, s := range stack.Services {
			if !pinned.MatchString(s.Image) {
				t.Errorf("%s: image %s of %s has no version", name, s.Image, s.Name)
			}
			// With another policy, compose would not build what it cannot pull.
			if s.Build != nil && s.PullPolicy != "" {
				t.Errorf("%s: %s: pull_policy is %q", name, s.Name, s.PullPolicy)
			}
		}
	}
}

// Only this machine reaches the programs, and they can write to nothing but their
// volumes.
func TestServicesAreContained(t *testing.T) {
	for name, stack := range stacks(t) {
		for _, s := range stack.Services {
			if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || s.CapAdd != nil || s.Privileged || !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
				t.Errorf("%s: %s: read_only %t, cap_drop %v, cap_add %v, privileged %t, security_opt %v",
					name, s.Name, s.ReadOnly, s.CapDrop, s.CapAdd, s.Privileged, s.SecurityOpt)
			}
			if s.Restart != types.RestartPolicyUnlessStopped {
				t.Errorf("%s: %s: restart %q", name, s.Name, s.Restart)
			}
			if len(s.Ports) != 1 {
				t.Errorf("%s: %s has %d ports, want one", name, s.Name, len(s.Ports))
			}
			// Without an address Docker would open the port to the whole network.
			for _, p := range s.Ports {
				if p.HostIP != "127.0.0.1" {
					t.Errorf("%s: port %s of %s is open to %q", name, p.Published, s.Name, p.HostIP)
				}
			}
		}
	}
}

// The images of Prometheus, the Alertmanager and Grafana contain wget to check their
// health with. The exporter's image contains no program but the exporter.
func TestHealthChecks(t *testing.T) {
	for name, stack := range stacks(t) {
		for _, s := range stack.Services {
			if s.Name == "exporter" {
				if s.HealthCheck != nil {
					t.Errorf("%s: a health check of the exporter: %v", name, s.HealthCheck.Test)
				}
				continue
			}
			if s.HealthCheck == nil || len(s.HealthCheck.Test) < 3 || s.HealthCheck.Test[0] != "CMD" || s.HealthCheck.Test[1] != "wget" {
				t.Errorf("%s: %s has no health check by wget", name, s.Name)
				continue
			}
			reaches(t, stack, s.Name, strings.Replace(s.HealthCheck.Test[len(s.HealthCheck.Test)-1], "127.0.0.1", s.Name, 1))
		}
	}
}

// reaches demands that a URL or host:port, as seen in a container of the stack, leads to
// this service.
func reaches(t *testing.T, stack *types.Project, service, address string) {
	t.Helper()
	found := regexp.MustCompile(`^(?:http://)?([\w-]+):(\d+)(?:/.*)?$`).FindStringSubmatch(address)
	if found == nil {
		t.Errorf("%s is no address of a service", address)
		return
	}
	s, known := stack.Services[found[1]]
	if !known || s.Name != service {
		t.Errorf("%s: no service %s, or not the one that is meant", address, found[1])
		return
	}
	if inside, _ := port(s); found[2] != inside {
		t.Errorf("%s: %s listens on %s", address, s.Name, inside)
	}
}

// The comment at the top of compose.yml names each address that can be opened.
func TestAddressesToOpen(t *testing.T) {
	var told, published []string
	intro, _, _ := strings.Cut(read(t, "deploy/compose/compose.yml"), "\nname:")
	for _, found := range regexp.MustCompile(`http://localhost:(\d+)`).FindAllStringSubmatch(intro, -1) {
		told = append(told, found[1])
	}
	for _, s := range stacks(t)["demo"].Services {
		_, p := port(s)
		published = append(published, p)
	}
	slices.Sort(told)
	slices.Sort(published)
	if !slices.Equal(told, published) {
		t.Errorf("it tells of ports %v, but %v are published", told, published)
	}
}
