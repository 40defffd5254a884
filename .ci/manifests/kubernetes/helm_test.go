package kubernetes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
)

// Each way to install the chart makes the objects that it should, which fit together,
// and tells its user what comes next.
func TestReleases(t *testing.T) {
	c := loadChart(t)
	for name, r := range releases {
		t.Run(name, func(t *testing.T) {
			text, notes, err := helmTemplate(c, parseValues(t, r.values))
			if err != nil {
				t.Fatal(err)
			}
			all := decodeObjects(t, text)
			want := append([]string{"Service"}, r.kinds...)
			if !slices.Contains(r.kinds, "StatefulSet") {
				want = append(want, "Deployment")
			}
			if !slices.Contains(r.theirs, "ServiceAccount mine") {
				want = append(want, "ServiceAccount")
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(all.kinds()))); diff != "" {
				t.Error(diff)
			}
			demandCoherent(t, all, r.theirs...)
			// Each object goes where the user says, and can be found by its chart.
			for _, object := range all {
				if object.GetNamespace() != "monitored" || object.GetLabels()["helm.sh/chart"] == "" {
					t.Errorf("%s %s: namespace %q, labels %v", kindOf(object), object.GetName(), object.GetNamespace(), object.GetLabels())
				}
			}
			for _, part := range r.notes {
				if !strings.Contains(notes, part) {
					t.Errorf("%q is missing in the notes:\n%s", part, notes)
				}
			}
		})
	}
}

// A wrong value is refused, in words that lead to the right one.
func TestValuesThatAreRefused(t *testing.T) {
	c := loadChart(t)
	for name, r := range map[string]struct{ values, want string }{
		"nothing":                            {"", "config: set the exporter's configuration"},
		"an empty configuration":             {"config: {}", "config: set the exporter's configuration"},
		"a demo with a configuration":        {aConfig + "demo: true", "demo and config: each is a configuration"},
		"two existing configurations":        {"configExistingSecretName: a\nconfigExistingConfigMapName: b", "configExistingConfigMapName and configExistingSecretName: each"},
		"a number of replicas":               {"demo: true\nreplicas: 1", "'replicas' not allowed"},
		"a number of replicas, as elsewhere": {"demo: true\nreplicaCount: 2", "'replicaCount' not allowed"},
		"a typo":                             {"demo: true\nresouces: {}", "'resouces' not allowed"},
		"a typo further in":                  {"demo: true\nimage: {repo: x}", "at '/image': additional properties 'repo' not allowed"},
		"a text that should be a switch":     {`demo: "yes"`, "at '/demo': got string, want boolean"},
		"a number that should be a text":     {"demo: true\nimage: {tag: 1.5}", "at '/image/tag': got number, want string"},
		"a text that should be a number":     {`{demo: true, service: {port: "80"}}`, "at '/service/port': got string, want integer"},
		"a job ID without quotes":            {"config: {accounts: [{instances: [{jobs: [12345678901234567890]}]}]}", "at '/config/accounts/0/instances/0/jobs/0': got number, want null or string"},
		"a name that begins with 0":          {"config: {accounts: [{name: 0123}]}", "at '/config/accounts/0/name': got number, want null or string"},
		"a list as the configuration":        {"config: [a]", "at '/config': got array"},
		"a configuration that is no YAML":    {`config: "a: [b"`, "config: error converting YAML"},
		"an unknown pull policy":             {"demo: true\nimage: {pullPolicy: Sometimes}", "at '/image/pullPolicy'"},
		"a digest that is none":              {"demo: true\nimage: {digest: latest}", "at '/image/digest'"},
		"a name with capitals":               {"demo: true\nfullnameOverride: Exporter", "at '/fullnameOverride'"},
		"a size without a unit":              {`{demo: true, persistence: {size: "1"}}`, "at '/persistence/size'"},
		"an interval without a unit":         {`{demo: true, serviceMonitor: {interval: "15"}}`, "at '/serviceMonitor/interval'"},
		"an ARN in place of a role's name":   {"demo: true\nrrsa: {roleName: 'acs:ram::1:role/x'}", "at '/rrsa/roleName'"},
		"RRSA on the user's account":         {aConfig + "rrsa: {roleName: x}\nserviceAccount: {create: false}", "rrsa.roleName: the chart sets it on the ServiceAccount"},
		"a service that is nothing":          {"demo: true\nservice: null", "at '': missing property 'service'"},
		"an ingress that is nothing":         {"demo: true\ningress: null", "at '': missing property 'ingress'"},
		"everyone may scrape":                {"demo: true\nnetworkPolicy: {from: []}", "at '/networkPolicy/from'"},
		"nobody said who may scrape":         {"demo: true\nnetworkPolicy: {from: null}", "at '/networkPolicy': missing property 'from'"},
		"a secret in the configuration":      {strings.Replace(aKey, "secret_file: /run/secrets/aliyun_iot_ota_exporter/access_key_secret", "secret: made-up", 1), "config.accounts[0].credentials.access_key_secret: everyone"},
		"a token in a text":                  {"config: |\n  accounts: [{credentials: {security_token: made-up}}]", "config.accounts[0].credentials.security_token: everyone"},
		"an empty secret":                    {aKey + "secret: {access_key_secret: ''}", "at '/secret/access_key_secret'"},
		"a secret in two ways":               {aKey + "secret: {a: b}\nexistingSecret: c", "secret and existingSecret:"},
		"an address for the flags":           {"demo: true\nextraArgs: ['--web.listen-address=:80']", "extraArgs: the chart sets --web.listen-address"},
		"a flag without dashes":              {"demo: true\nextraArgs: [log.level=debug]", "at '/extraArgs/0'"},
		"a rule that does not exist":         {"demo: true\nprometheusRule: {enabled: true, rules: {OTAStuck: {enabled: false}}}", "prometheusRule.rules: no such rule: OTAStuck"},
		"a threshold that does not exist":    {"demo: true\nprometheusRule: {enabled: true, rules: {OTAJobStuck: {replace: {'> 1801': '> 1'}}}}", "prometheusRule.rules: no such text: OTAJobStuck: > 1801"},
		"a severity that does not exist":     {"demo: true\nprometheusRule: {severities: {fatal: page}}", "at '/prometheusRule/severities'"},
		"a change that does not exist":       {"demo: true\nprometheusRule: {rules: {OTAJobStuck: {threshold: 1}}}", "at '/prometheusRule/rules/OTAJobStuck'"},
		"runbooks without a slash":           {"demo: true\nprometheusRule: {runbookUrl: 'https://wiki.example.com/ota'}", "at '/prometheusRule/runbookUrl'"},
		"no shard":                           {"demo: true\nshards: 0", "at '/shards'"},
		"shards that share a claim":          {aConfig + "shards: 2\npersistence: {existingClaim: mine}", "persistence.existingClaim: several shards cannot share"},
		"a shard by hand":                    {aConfig + "extraArgs: [--shard=1]", "extraArgs: the chart sets --shard"},
		"a registry in the repository":       {"demo: true\nimage: {repository: registry.example.com/exporter}", "put that into image.registry"},
		"metrics where nobody scrapes":       {"demo: true\nserviceMonitor: {enabled: true}\nextraArgs: [--web.telemetry-path=/m]", "serviceMonitor.path: the metrics are at /m"},
		"switched off without a parent":      {aConfig + "enabled: false", "enabled: false has no effect here"},
		"a namespace with a dot":             {aConfig + "namespaceOverride: a.b", "at '/namespaceOverride'"},
		"an unknown language":                {aConfig + "language: fr", "at '/language'"},
		"a pull secret without a name":       {aConfig + "imagePullSecrets: [{}]", "at '/imagePullSecrets/0': missing property 'name'"},
		"a host without a path":              {aConfig + "ingress: {hosts: [{host: a}]}", "at '/ingress/hosts/0': missing property 'paths'"},
		"a budget that is none":              {aConfig + "podDisruptionBudget: {enabled: true}", "at '/podDisruptionBudget'"},
		"a variable without a name":          {"demo: true\nextraEnv: [{value: x}]", "at '/extraEnv/0': missing property 'name'"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := helmTemplate(c, parseValues(t, r.values))
			if err == nil || !strings.Contains(err.Error(), r.want) {
				t.Errorf("error %v, want %q in it", err, r.want)
			}
			// The chart must not quote what was written in the wrong place.
			if err != nil && strings.Contains(err.Error(), "made-up") {
				t.Errorf("the secret is in: %v", err)
			}
		})
	}
}

// helm lint has no more to say than hints.
func TestHelmLint(t *testing.T) {
	for name, r := range releases {
		kubernetes := &chartutil.KubeVersion{Version: inACK.kubernetes, Major: "1", Minor: "31"}
		result := lint.AllWithKubeVersion(chartDir, parseValues(t, r.values), inACK.namespace, kubernetes)
		for _, m := range result.Messages {
			if m.Severity > support.InfoSev {
				t.Errorf("%s: %v", name, m)
			}
		}
	}
}

// The packaged chart gives the same objects as the folder: .helmignore leaves out nothing
// that a template reads.
func TestHelmPackage(t *testing.T) {
	folder := loadChart(t)
	file, err := chartutil.Save(folder, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	packed, err := loader.LoadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// This release uses all templates and files.
	v := parseValues(t, releases["all that Prometheus and Grafana can have"].values)
	want, _, err := helmTemplate(folder, v)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := helmTemplate(packed, v)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}
