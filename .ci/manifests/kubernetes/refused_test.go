package kubernetes_test

import (
	"strings"
	"testing"
)

// A wrong value is refused, in words that lead to the right one.
func TestValuesThatAreRefused(t *testing.T) {
	c := loadChart(t)
	for name, r := range map[string]struct{ values, want string }{
		"nothing":                            {"", "config: set the exporter's configuration"},
		"an empty configuration":             {"config: {}", "config: set the exporter's configuration"},
		"a demo with a configuration":        {aConfig + "demo: true", "demo and config: each is a configuration"},
		"two existing configurations":        {"configExistingSecretName: a\nconfigExistingConfigMapName: b", "configExistingConfigMapName and configExistingSecretName: each"},
		"a number of replicas":               {"demo: true\nreplicas: 1", "replicas: this chart has no such value: one pod polls an account; for several pods, set shards"},
		"a number of replicas, as elsewhere": {"demo: true\nreplicaCount: 0", "replicaCount: this chart has no such value"},
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
		"an interval in the wrong order":     {"demo: true\nserviceMonitor: {interval: 30s1m}", "at '/serviceMonitor/interval'"},
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
		"a budget that is none":              {aConfig + "podDisruptionBudget: {minavailable: 1}", "at '/podDisruptionBudget'"},
		"a budget with two limits":           {aConfig + "podDisruptionBudget: {minAvailable: 1, maxUnavailable: 1}", "podDisruptionBudget: Kubernetes allows minAvailable or maxUnavailable"},
		"a scrape without a Service":         {aConfig + "service: {enabled: false}\nserviceMonitor: {enabled: true}", "service.enabled: serviceMonitor needs the Service; set service.enabled=true, or serviceMonitor.enabled=false and podMonitor.enabled=true"},
		"an ingress without a Service":       {aConfig + "service: {enabled: false}\ningress: {enabled: true}", "service.enabled: ingress needs the Service"},
		"a route without a Service":          {aConfig + "service: {enabled: false}\nroute: {main: {enabled: true}}", "service.enabled: route.main needs the Service"},
		"a route without a Gateway":          {aConfig + "route: {second: {enabled: true}}", "route.second.parentRefs: name the Gateway"},
		"a node's port for one cluster":      {aConfig + "service: {nodePort: 30062}", "service.nodePort: a Service of type ClusterIP has none; set service.type to NodePort or LoadBalancer"},
		"a balancer's class without one":     {aConfig + "service: {loadBalancerClass: a}", "service.loadBalancerClass: it is for the type LoadBalancer"},
		"a policy for no traffic":            {aConfig + "service: {externalTrafficPolicy: Local}", "service.externalTrafficPolicy: a Service of type ClusterIP"},
		"a load balancer without an address": {aConfig + "service: {clusterIP: None, type: LoadBalancer}", "service.clusterIP: None is for the type ClusterIP, and service.type is LoadBalancer"},
		"two monitors":                       {aConfig + "serviceMonitor: {enabled: true}\npodMonitor: {enabled: true}", "podMonitor.enabled and serviceMonitor.enabled: Prometheus would scrape the pod twice"},
		"labels that a PodMonitor lacks":     {aConfig + "serviceMonitor: {targetLabels: [a]}\npodMonitor: {enabled: true}", "serviceMonitor.targetLabels: a PodMonitor has no such setting; use podMonitor.podTargetLabels"},
		"a PodMonitor where nothing is":      {aConfig + "podMonitor: {enabled: true, path: /m}", "podMonitor.path: the metrics are at /metrics"},
		"a policy without effect":            {aConfig + "hostNetwork: true\nnetworkPolicy: {enabled: true}", "networkPolicy.enabled: a NetworkPolicy has no effect on a pod with hostNetwork=true"},
		"users of the node and not":          {aConfig + "hostNetwork: true\nhostUsers: false", "hostUsers: Kubernetes allows no user namespace"},
		"claims of one pod":                  {aConfig + "persistence: {retentionPolicy: {whenDeleted: Delete}}", "persistence.retentionPolicy: it is for the volumes of several shards"},
		"rules in a list":                    {aConfig + "prometheusRule: {rules: [{alert: A, expr: up}]}", "put your own rules into prometheusRule.extraRules"},
		"an address in the environment":      {aConfig + "extraEnv: [{name: ALIYUN_IOT_OTA_EXPORTER_WEB_LISTEN_ADDRESS, value: ':80'}]", "extraEnv: the chart sets what ALIYUN_IOT_OTA_EXPORTER_WEB_LISTEN_ADDRESS stands for"},
		"another number for each shard":      {aConfig + "shards: 2\nextraEnv: [{name: POD_INDEX, value: '0'}]", "extraEnv: the chart sets what POD_INDEX stands for"},
		"a file's name as the configuration": {"config: aliyun_iot_ota_exporter.yml", "for the content of a file, use --set-file config=FILE"},
		"a tag in the repository":            {"demo: true\nimage: {repository: a/b:1.0}", "image.repository: a/b:1.0 ends with a tag or a digest; put that into image.tag"},
		"a port in the repository":           {"demo: true\nimage: {repository: 'localhost:5000/exporter'}", "put that into image.registry"},
		"a label with a space":               {"demo: true\ncommonLabels: {a: b c}", "at '/commonLabels/a'"},
		"a label with two slashes":           {"demo: true\npodLabels: {a/b/c: d}", "a/b/c"},
		"an amount that is none":             {"demo: true\nresources: {limits: {memory: much}}", "at '/resources/limits/memory'"},
		"no name server":                     {"demo: true\ndnsPolicy: None", "dnsPolicy: None leaves the pod without a name server; set dnsConfig.nameservers"},
		"a second volume of a name":          {"demo: true\nextraVolumes: [{name: state, emptyDir: {}}]", "extraVolumes: the chart itself has one named state; choose another name"},
		"a second mount of a name":           {"demo: true\nextraSecretMounts: [{name: config, secretName: a, mountPath: /a}]", "extraSecretMounts: the chart itself has one named config"},
		"a second container of a name":       {"demo: true\nextraContainers: [{name: exporter, image: a}]", "extraContainers: the chart itself has one named exporter"},
		"a second port of a number":          {"demo: true\nservice: {extraPorts: [{name: a, port: 10062}]}", "service.extraPorts: port 10062, named a, is the exporter's own"},
		"a scrape longer than its interval":  {aConfig + "serviceMonitor: {enabled: true, interval: 15s, scrapeTimeout: 1m}", "serviceMonitor.scrapeTimeout: 1m is longer than 15s, the interval"},
		"a scrape longer than a day":         {aConfig + "serviceMonitor: {enabled: true, interval: 1d, scrapeTimeout: 25h}", "serviceMonitor.scrapeTimeout: 25h is longer than 1d"},
		"one that inherits its interval":     {aConfig + "serviceMonitor: {interval: 1m}\npodMonitor: {enabled: true, scrapeTimeout: 1m1ms}", "podMonitor.scrapeTimeout: 1m1ms is longer than 1m, the interval"},
		"a mount of nothing":                 {aConfig + "extraSecretMounts: [{name: a, mountPath: /a}]", "at '/extraSecretMounts/0': missing property 'secretName'"},
		"a route with a capital":             {aConfig + "route: {Main: {enabled: true}}", "at '/route'"},
		"another kind of route":              {"demo: true\nroute: {second: {kind: GRPCRoute}}", "route.second.kind: this chart has no such value: it is always HTTPRoute"},
		"a group for the container":          {"demo: true\nsecurityContext: {fsGroup: 0}", "securityContext.fsGroup: this chart has no such value: it is a setting of the pod; set podSecurityContext"},
		"a probe that is switched off":       {"demo: true\nlivenessProbe: {enabled: false}", "livenessProbe.enabled: this chart has no such value: set the whole value to null"},
		"an ingress without a host":          {"demo: true\ningress: {enabled: true, hosts: []}", "ingress.hosts: an Ingress needs a host with its paths"},
		"a port without a name":              {"demo: true\nservice: {extraPorts: [{port: 80}]}", "at '/service/extraPorts/0': missing property 'name'"},
		"a port that is a text":              {`{demo: true, service: {extraPorts: [{name: a, port: "80"}]}}`, "at '/service/extraPorts/0/port': got string, want integer"},
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
