package kubernetes_test

// effectsOfNetwork are those of values of the Service and of what leads to it.
var effectsOfNetwork = []effect{
	{key: "service.enabled", values: aConfig + "service: {enabled: false}\npodMonitor: {enabled: true}", object: "Service", at: "", want: "null"},
	{key: "service.type", values: aConfig + "service: {type: LoadBalancer}", object: "Service", at: "/spec/type", want: "LoadBalancer"},
	{key: "service.port", values: aConfig + "service: {port: 80}", object: "Service", at: "/spec/ports/0/port", want: "80"},
	{key: "service.portName", values: aConfig + "service: {portName: http-metrics}", object: "Service", at: "/spec/ports/0/name", want: "http-metrics"},
	{key: "service.portName", values: aConfig + "serviceMonitor: {enabled: true}\nservice: {portName: http-metrics}", object: "ServiceMonitor", at: "/spec/endpoints/0/port", want: "http-metrics"},
	{key: "service.portName", values: aConfig + "ingress: {enabled: true}\nservice: {portName: http-metrics}", object: "Ingress", at: "/spec/rules/0/http/paths/0/backend/service/port/name", want: "http-metrics"},
	{key: "service.nodePort", values: aConfig + "service: {type: NodePort, nodePort: 30062}", object: "Service", at: "/spec/ports/0/nodePort", want: "30062"},
	{key: "service.extraPorts", values: aProxy, object: "Service", at: "/spec/ports/*", want: "{name: https, port: 443, targetPort: https}"},
	{key: "service.clusterIP", values: aConfig + "service: {clusterIP: None}", object: "Service", at: "/spec/clusterIP", want: "None"},
	{key: "service.externalIPs", values: aConfig + "service: {externalIPs: [192.0.2.1]}", object: "Service", at: "/spec/externalIPs", want: "[192.0.2.1]"},
	{key: "service.loadBalancerIP", values: aConfig + "service: {type: LoadBalancer, loadBalancerIP: 192.0.2.1}", object: "Service", at: "/spec/loadBalancerIP", want: "192.0.2.1"},
	{key: "service.loadBalancerClass", values: aConfig + "service: {type: LoadBalancer, loadBalancerClass: alibabacloud.com/nlb}", object: "Service", at: "/spec/loadBalancerClass", want: "alibabacloud.com/nlb"},
	{key: "service.loadBalancerSourceRanges", values: aConfig + "service: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]}", object: "Service", at: "/spec/loadBalancerSourceRanges", want: "[10.0.0.0/8]"},
	{key: "service.externalTrafficPolicy", values: aConfig + "service: {type: LoadBalancer, externalTrafficPolicy: Local}", object: "Service", at: "/spec/externalTrafficPolicy", want: "Local"},
	{key: "service.internalTrafficPolicy", values: aConfig + "service: {internalTrafficPolicy: Local}", object: "Service", at: "/spec/internalTrafficPolicy", want: "Local"},
	{key: "service.sessionAffinity", values: aConfig + "service: {sessionAffinity: ClientIP}", object: "Service", at: "/spec/sessionAffinity", want: "ClientIP"},
	{key: "service.ipDualStack.enabled", values: aConfig + "service: {ipDualStack: {enabled: true}}", object: "Service", at: "/spec/ipFamilyPolicy", want: "PreferDualStack"},
	{key: "service.ipDualStack.ipFamilies", values: aConfig + "service: {ipDualStack: {enabled: true, ipFamilies: [IPv4]}}", object: "Service", at: "/spec/ipFamilies", want: "[IPv4]"},
	{key: "service.ipDualStack.ipFamilyPolicy", values: aConfig + "shards: 2\nservice: {ipDualStack: {enabled: true, ipFamilyPolicy: RequireDualStack}}", object: "Service -headless", at: "/spec/ipFamilyPolicy", want: "RequireDualStack"},
	{key: "service.labels", values: aConfig + "service: {labels: {a: b}}", object: "Service", at: "/metadata/labels/a", want: "b"},
	{key: "service.annotations", values: aConfig + "service: {annotations: {a: b}}", object: "Service", at: "/metadata/annotations", want: "{a: b}"},
	{key: "ingress.enabled", values: aConfig + "ingress: {enabled: true}", object: "Ingress", at: "/spec", want: `{rules: [{host: chart-example.local, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ota-aliyun-iot-ota-exporter, port: {name: metrics}}}}]}}]}`},
	{key: "ingress.className", values: anIngress + "className: mse", object: "Ingress", at: "/spec/ingressClassName", want: "mse"},
	{key: "ingress.servicePort", values: aProxy + "ingress: {enabled: true, servicePort: https}", object: "Ingress", at: "/spec/rules/0/http/paths/0/backend/service/port/name", want: "https"},
	{key: "ingress.labels", values: anIngress + "labels: {a: b}", object: "Ingress", at: "/metadata/labels/a", want: "b"},
	{key: "ingress.annotations", values: anIngress + "annotations: {a: b}", object: "Ingress", at: "/metadata/annotations", want: "{a: b}"},
	{key: "ingress.hosts", values: anIngress + "hosts: [{host: '{{ .Release.Name }}.example.com', paths: [{path: /ota}]}]", object: "Ingress", at: "/spec/rules/0/host", want: "ota.example.com"},
	{key: "ingress.tls", values: anIngress + "tls: [{secretName: '{{ .Release.Name }}-tls', hosts: [a.example.com]}]", object: "Ingress", at: "/spec/tls", want: "[{secretName: ota-tls, hosts: [a.example.com]}]"},
	{key: "route.main.enabled", values: aRoute, object: "HTTPRoute", at: "/spec", want: `{parentRefs: [{name: gateway}], rules: [{backendRefs: [{name: ota-aliyun-iot-ota-exporter, port: 10062}], matches: [{path: {type: PathPrefix, value: /}}]}]}`},
	{key: "route.main.labels", values: aRoute + "labels: {a: b}", object: "HTTPRoute", at: "/metadata/labels/a", want: "b"},
	{key: "route.main.annotations", values: aRoute + "annotations: {a: b}", object: "HTTPRoute", at: "/metadata/annotations", want: "{a: b}"},
	{key: "route.main.parentRefs", values: aRoute + "parentRefs: [{name: other}]", object: "HTTPRoute", at: "/spec/parentRefs", want: "[{name: other}]"},
	{key: "route.main.hostnames", values: aRoute + "hostnames: ['{{ .Release.Name }}.example.com']", object: "HTTPRoute", at: "/spec/hostnames", want: "[ota.example.com]"},
	{key: "route.main.matches", values: aRoute + "matches: [{path: {type: Exact, value: /jobs}}]", object: "HTTPRoute", at: "/spec/rules/0/matches/0/path/value", want: "/jobs"},
	{key: "route.main.servicePort", values: aProxy + "route: {main: {enabled: true, parentRefs: [{name: gateway}], servicePort: 443}}", object: "HTTPRoute", at: "/spec/rules/0/backendRefs/0/port", want: "443"},
	{key: "route.main.filters", values: aRoute + "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [a]}}]", object: "HTTPRoute", at: "/spec/rules/0/filters/0/requestHeaderModifier/remove", want: "[a]"},
	{key: "route.main.httpsRedirect", values: aRoute + "httpsRedirect: true", object: "HTTPRoute", at: "/spec/rules", want: "[{filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}]}]"},
	{key: "route.main.additionalRules", values: aRoute + "additionalRules: [{backendRefs: [{name: '{{ .Release.Name }}', port: 80}]}]", complaint: `to port 80 of Service "ota"`, object: "HTTPRoute", at: "/spec/rules/0/backendRefs/0/name", want: "ota"},
	{key: "networkPolicy.enabled", values: aPolicy, object: "NetworkPolicy", at: "/spec/policyTypes", want: "[Ingress, Egress]"},
	{key: "networkPolicy.labels", values: aPolicy + "labels: {a: b}", object: "NetworkPolicy", at: "/metadata/labels/a", want: "b"},
	{key: "networkPolicy.annotations", values: aPolicy + "annotations: {a: b}", object: "NetworkPolicy", at: "/metadata/annotations", want: "{a: b}"},
	{key: "networkPolicy.from", values: aPolicy + "from: [{podSelector: {}}]", object: "NetworkPolicy", at: "/spec/ingress/0/from", want: "[{podSelector: {}}]"},
	{key: "networkPolicy.extraEgress", values: aPolicy + "extraEgress: [{ports: [{port: 3128}]}]", object: "NetworkPolicy", at: "/spec/egress/*", want: "{ports: [{port: 3128}]}"},

	{key: "networkPolicy.ingress", values: aPolicy + "ingress: [{from: [{podSelector: {}}], ports: [{port: metrics}]}]", object: "NetworkPolicy", at: "/spec/ingress", want: "[{from: [{podSelector: {}}], ports: [{port: metrics}]}]"},
	{key: "networkPolicy.egress", values: aPolicy + "egress: [{ports: [{port: 53, protocol: UDP}, {port: 53}]}, {ports: [{port: 443}]}, {ports: [{port: 444}]}]", object: "NetworkPolicy", at: "/spec/egress/2", want: "{ports: [{port: 444}]}"},
}

// Each ends where more of the same object's values can follow.
const (
	anIngress = aConfig + "ingress:\n  enabled: true\n  "
	aRoute    = aConfig + "route:\n  main:\n    enabled: true\n    parentRefs: [{name: gateway}]\n    "
	aPolicy   = aConfig + "networkPolicy:\n  enabled: true\n  "

	// aProxy is a container that asks for a password before the exporter.
	aProxy = aConfig + "extraContainers: [{ports: [{name: https, containerPort: 8443}], " + aContainerBody + "]\n" +
		"service: {extraPorts: [{name: https, port: 443, targetPort: https}]}\n"
)
