package security_test

import (
	"crypto/x509"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	promconfig "github.com/prometheus/common/config"
	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// webExamples are the web configurations in deploy/web. prometheus-scrape.yml has a job for
// each of them, with the same name.
var webExamples = []string{"basic-auth", "tls", "mutual-tls"}

// scrapeJob is a job in the configuration of Prometheus, with the keys that the examples use.
type scrapeJob struct {
	Name          string `yaml:"job_name"`
	Scheme        string
	StaticConfigs []struct{ Targets []string } `yaml:"static_configs"`
	Client        promconfig.HTTPClientConfig  `yaml:",inline"`
}

// scrapeJobs returns the shipped jobs by name. They read their files from the folder.
func scrapeJobs(t *testing.T, folder string) map[string]scrapeJob {
	t.Helper()
	var content struct {
		Jobs []scrapeJob `yaml:"scrape_configs"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(shipped(t, "prometheus-scrape.yml")))
	decoder.KnownFields(true) // Prometheus refuses unknown keys
	if err := decoder.Decode(&content); err != nil {
		t.Fatal(err)
	}
	jobs := make(map[string]scrapeJob)
	for _, job := range content.Jobs {
		job.Client.SetDirectory(folder)
		if err := job.Client.Validate(); err != nil {
			t.Errorf("%s: %v", job.Name, err)
		}
		jobs[job.Name] = job
	}
	if len(jobs) != len(webExamples) {
		t.Errorf("%d jobs, want one for each of %v", len(jobs), webExamples)
	}
	return jobs
}

// shipped returns the content of a file in deploy/web.
func shipped(t *testing.T, name string) string {
	t.Helper()
	return repository.Read(t, "deploy/web/"+name)
}

// scrape asks an exporter for /metrics as Prometheus does for this job.
func (j scrapeJob) scrape(t *testing.T, url string) (status int, err error) {
	t.Helper()
	// The certificate is for the target of the example, a host that does not exist.
	name, _, err := net.SplitHostPort(j.StaticConfigs[0].Targets[0])
	if err != nil {
		t.Fatal(err)
	}
	j.Client.TLSConfig.ServerName = name
	client, err := promconfig.NewClientFromConfig(j.Client, j.Name, promconfig.WithKeepAlivesDisabled())
	if err != nil {
		t.Fatal(err)
	}
	if j.Scheme != "" {
		url = strings.Replace(url, "http:", j.Scheme+":", 1)
	}
	answer, _, err := exportertest.Fetch(client, exportertest.NewRequest(t, http.MethodGet, url+"/metrics"))
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, nil
}

// Each shipped web configuration accepts the shipped job of the same name and no other. The
// certificates are made by the test, and then by the commands in the comments of the files.
func TestWebExamples(t *testing.T) {
	t.Parallel()
	for name, makeFiles := range map[string]func(*testing.T, string){"made by a test": testFiles, "made by the comments": commentFiles} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			makeFiles(t, folder)
			exportertest.WriteFile(t, filepath.Join(folder, "exporter-password"), "password\n")
			jobs := scrapeJobs(t, folder)
			for _, example := range webExamples {
				t.Run(example, func(t *testing.T) {
					web := filepath.Join(folder, example+".yml")
					exportertest.WriteFile(t, web, strings.Replace(shipped(t, example+".yml"), "REPLACE_WITH_THE_HASH", exportertest.PasswordHash, 1))
					e := exportertest.Start(t, "--config.file="+exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig), "--web.config.file="+web)
					for _, job := range jobs {
						status, err := job.scrape(t, e.URLs[0])
						// A server that requires no client certificate ignores it.
						in := job.Name == example || job.Name == "mutual-tls" && example == "tls"
						if (status == 200) != in {
							t.Errorf("job %s: status %d, error %v, want success: %t", job.Name, status, err, in)
						}
					}
				})
			}
		})
	}
}

// The example of basic auth does not work before its user has chosen a password. A hash in
// the file would be a password that everybody knows.
func TestBasicAuthExampleNeedsAPassword(t *testing.T) {
	web := "--web.config.file=" + repository.Path(t, "deploy/web/basic-auth.yml")
	_, _, err := exportertest.Run(t, "--config.file="+exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig), web, exportertest.AnyPort)
	if err == nil || !strings.Contains(err.Error(), "htpasswd") {
		t.Errorf("error %v, want an error that says how to make a hash", err)
	}
}

// testFiles makes the files that the examples name, with a new authority.
func testFiles(t *testing.T, folder string) {
	t.Helper()
	ours := newAuthority(t)
	server := ours.issue(t, "exporter.example.com", x509.ExtKeyUsageServerAuth)
	client := ours.issue(t, "prometheus.example.com", x509.ExtKeyUsageClientAuth)
	for name, text := range map[string]string{
		"ca.crt": ours.pem(), "server.crt": server.certificate, "server.key": server.key,
		"prometheus.crt": client.certificate, "prometheus.key": client.key,
	} {
		exportertest.WriteFile(t, filepath.Join(folder, name), text)
	}
}

// commentFiles makes the same files with the commands in the comments.
func commentFiles(t *testing.T, folder string) {
	t.Helper()
	repository.Tool(t, "openssl")
	// A backslash at the end of a line continues a command.
	commands := regexp.MustCompile(`(?m)^#   openssl (?:.*\\\n)*.*\n`).FindAllString(shipped(t, "tls.yml")+shipped(t, "mutual-tls.yml"), -1)
	script := strings.ReplaceAll(strings.Join(commands, ""), "#   ", "")
	shell := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
	shell.Dir = folder
	if out, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, script, out)
	}
}
