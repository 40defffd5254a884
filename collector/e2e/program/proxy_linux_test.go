package program_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// The program asks the metadata service directly and everything else through the proxy.
// It runs in an empty network namespace, so the errors show what it tried to reach.
func TestWhatGoesThroughTheProxy(t *testing.T) {
	t.Parallel()
	config := exportertest.TempFile(t, "config.yml", `accounts:
  - name: role of the host
    endpoint: http://iot.example.com
    credentials: {ecs_ram_role: r}
    instances: [{jobs: [j]}]
  - name: keys by an address
    endpoint: http://iot.example.com
    credentials: {credentials_uri: "http://keys.example.com"}
    instances: [{jobs: [j]}]
  - name: key pair
    endpoint: http://iot.example.com
    credentials: {access_key_id: id, access_key_secret: secret}
    instances: [{jobs: [j]}]
`)
	cmd := exportertest.Command(t, "--config.file="+config, "--config.check-live")
	cmd.Env = []string{"HTTP_PROXY=http://127.0.0.1:9"}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Skipf("cannot make a network namespace: %v", err)
	}
	const byProxy = `: proxyconnect tcp: dial tcp 127.0.0.1:9: `
	for _, want := range []string{
		`ecs_ram_role: the metadata service, which only ECS hosts have, does not answer: dial tcp 100.100.100.200:80: connect: network is unreachable`,
		`credentials_uri: call http://keys.example.com` + byProxy,
		"QueryOTAJob: transport" + byProxy,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
