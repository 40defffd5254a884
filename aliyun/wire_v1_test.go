package aliyun_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// With signature v1 everything is in the query of a POST: the parameters of every call, the
// signature and the token. No header identifies the caller.
func TestCallOnTheWireV1(t *testing.T) {
	var seen *http.Request
	var query url.Values
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen, query = r, r.URL.Query()
		fmt.Fprint(w, goodAnswer)
	}))
	defer server.Close()
	client := aliyun.NewClient(signing, aliyun.Options{UserAgent: "exporter/1"})
	defer client.Close()
	in := aliyun.Instance{URL: server.URL, ID: "iot-1", RegionID: "cn-shanghai", Signature: signature.V1}
	if _, _, err := client.QueryOTAJob(t.Context(), in, "a b+*~/&=中"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"SignatureNonce", "Signature", "Timestamp"} {
		if query.Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
		query.Del(name)
	}
	want := url.Values{
		"Action": {"QueryOTAJob"}, "Version": {"2018-01-20"}, "Format": {"JSON"}, "RegionId": {"cn-shanghai"},
		"AccessKeyId": {"LTAI5tSomebody"}, "SecurityToken": {"hush-token"}, "SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"},
		"IotInstanceId": {"iot-1"}, "JobId": {"a b+*~/&=中"},
	}
	if diff := cmp.Diff(want, query); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	if seen.Method != http.MethodPost || seen.URL.Path != "/" || seen.ContentLength != 0 || seen.Host != strings.TrimPrefix(server.URL, "http://") {
		t.Errorf("%s %s to %s with a body of %d bytes", seen.Method, seen.URL.Path, seen.Host, seen.ContentLength)
	}
	for name := range seen.Header {
		if name == "Authorization" || strings.HasPrefix(name, "X-Acs-") {
			t.Errorf("header %s", name)
		}
	}
	if seen.Header.Get("User-Agent") != "exporter/1" || seen.Header.Get("Accept") != "application/json" {
		t.Errorf("headers %v", seen.Header)
	}
}

// The Host header, which v3 signs, has the endpoint as configured: with its port, its
// capitals and its brackets.
func TestEndpointsWithAPort(t *testing.T) {
	sim := simulator.New()
	sim.AddAccount(gateway.Account{Name: "a", Limit: 1000, Keys: []gateway.Key{{ID: "id", Secret: "secret"}}})
	sim.AddBatch(fleet.Batch{Account: "a", JobID: "job-1"})
	var host string
	dial, stop := network.Pipe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		sim.ServeHTTP(w, r)
	}))
	transport := &http.Transport{DialContext: dial}
	client := aliyun.NewClient(&fixedKeys{keys: credentials.Keys{AccessKeyID: "id", AccessKeySecret: "secret"}}, aliyun.Options{Transport: transport})
	defer func() {
		client.Close()
		stop()
	}()
	for _, version := range []signature.Version{"", signature.V3, signature.V1} {
		sim.SetDialect(gateway.Dialect{Signature: string(version)})
		for _, want := range []string{"gateway.example.com:8443", "gateway.example.com", "gateway.example.com:80", "GateWay:8080", "192.0.2.1:8686", "[2001:db8::1]:8443", "[2001:db8::1]"} {
			_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: "http://" + want, Signature: version}, "job-1")
			if err != nil || host != want {
				t.Errorf("signature %q to %s: Host %s, error %v", version, want, host, err)
			}
		}
	}
}

// No error contains the signature or a secret, although they are in the URL and although
// the endpoint quotes them as gateways do: in the text that was signed, the URL, the query
// or a header.
func TestNoErrorQuotesTheQuery(t *testing.T) {
	const token = "hush/tok+en==~ x"
	signed := func(r *http.Request) string {
		params := r.URL.Query()
		params.Del("Signature")
		return "POST&%2F&" + url.QueryEscape(strings.ReplaceAll(params.Encode(), "+", "%20"))
	}
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"the text that was to be signed": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"Code":"SignatureDoesNotMatch","Message":"Specified signature is not matched with our calculation. server string to sign is:%s"}`, signed(r))
		},
		"an incomplete signature": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"Code":"IncompleteSignature","Message":"%s server string to sign is:%s"}`, r.URL.Query().Get("Signature"), signed(r))
		},
		"the query": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"Code":"X","Message":%q}`, r.URL.RawQuery)
		},
		"the code": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"Code":%q}`, "X?"+r.URL.Query().Get("Signature"))
		},
		"XML of the URL": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `<Error><Code>X</Code><Message>%s</Message></Error>`, strings.ReplaceAll(r.URL.String(), "&", "&amp;"))
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://login.example.com/?to="+url.QueryEscape(r.URL.String()), http.StatusFound)
		},
		"a bad redirect": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[::1?"+r.URL.RawQuery)
			w.WriteHeader(302)
		},
		"a bad answer": func(w http.ResponseWriter, r *http.Request) { hijack(w, "HTTP/1.1 "+r.URL.RawQuery+"\r\n\r\n") },
		"a bad header": func(w http.ResponseWriter, r *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\n"+r.URL.RawQuery+"\r\n\r\n")
		},
		"a reset": func(w http.ResponseWriter, r *http.Request) { hijack(w, "") },
	} {
		t.Run(name, func(t *testing.T) {
			signatures := make(chan string, 1)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				signatures <- r.URL.Query().Get("Signature")
				answer(w, r)
			}))
			defer server.Close()
			keys := &fixedKeys{keys: credentials.Keys{AccessKeyID: "id", AccessKeySecret: "hush-secret", SecurityToken: token}}
			client := aliyun.NewClient(keys, aliyun.Options{})
			defer client.Close()
			_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: server.URL, RegionID: "cn-shanghai", Signature: signature.V1}, "job-1")
			if err == nil {
				t.Fatal("no error")
			}
			signed := <-signatures
			if signed == "" {
				t.Fatal("the call was not signed with v1")
			}
			for _, secret := range []string{"hush", token, signed, url.QueryEscape(signed), url.QueryEscape(url.QueryEscape(signed))} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q is in %v", secret, err)
				}
			}
		})
	}
}

// hijack sends only this text and closes the connection.
func hijack(w http.ResponseWriter, answer string) {
	conn, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	buffered.WriteString(answer)
	buffered.Flush()
}
