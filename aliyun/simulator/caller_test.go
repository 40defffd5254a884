package simulator_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

var nonces atomic.Int64

// signing is a call to make; the zero value of most fields is the usual.
type signing struct {
	id, secret, token string
	method            string // POST
	action, version   string
	date              string // now
	nonce             string // a new one
	params            url.Values
	form              bool     // parameters in the body
	accept            string   // application/json
	unsigned          []string // headers left out of SignedHeaders
	signatureMethod   string   // of RPC: HMAC-SHA1
}

func (s signing) fill() signing {
	set := func(to *string, value string) {
		if *to == "" {
			*to = value
		}
	}
	set(&s.id, "testid")
	set(&s.secret, "testsecret")
	set(&s.method, http.MethodPost)
	set(&s.action, "QueryOTAJob")
	set(&s.version, "2018-01-20")
	set(&s.date, time.Now().UTC().Format("2006-01-02T15:04:05Z"))
	set(&s.nonce, fmt.Sprint("nonce-", nonces.Add(1)))
	set(&s.accept, "application/json")
	set(&s.signatureMethod, "HMAC-SHA1")
	return s
}

func encoded(params url.Values) string {
	return strings.NewReplacer("+", "%20", "%7E", "~").Replace(params.Encode())
}

// acs3 builds the call as an ACS3 client does, from Alibaba's page on the signature.
func (s signing) acs3() *http.Request {
	s = s.fill()
	query, body := encoded(s.params), ""
	if s.form {
		query, body = "", s.params.Encode()
	}
	r := httptest.NewRequest(s.method, "http://iot.cn-shanghai.aliyuncs.com/?"+query, strings.NewReader(body))
	sum := sha256.Sum256([]byte(body))
	headers := map[string]string{
		"x-acs-action": s.action, "x-acs-version": s.version, "x-acs-date": s.date,
		"x-acs-signature-nonce": s.nonce, "x-acs-content-sha256": hex.EncodeToString(sum[:]),
	}
	if s.token != "" {
		headers["x-acs-security-token"] = s.token
	}
	if s.form {
		headers["content-type"] = "application/x-www-form-urlencoded"
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	headers["host"] = "iot.cn-shanghai.aliyuncs.com"
	r.Header.Set("Accept", s.accept)
	var names []string
	for name := range headers {
		if !slices.Contains(s.unsigned, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	canonical := s.method + "\n/\n" + query + "\n"
	for _, name := range names {
		canonical += name + ":" + headers[name] + "\n"
	}
	canonical += "\n" + strings.Join(names, ";") + "\n" + headers["x-acs-content-sha256"]
	hashed := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(hashed[:])))
	r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential="+s.id+
		",SignedHeaders="+strings.Join(names, ";")+",Signature="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

// rpc builds the call as the older clients do.
func (s signing) rpc() *http.Request {
	s = s.fill()
	params := url.Values{
		"Action": {s.action}, "Version": {s.version}, "AccessKeyId": {s.id}, "Timestamp": {s.date},
		"SignatureMethod": {s.signatureMethod}, "SignatureVersion": {"1.0"}, "SignatureNonce": {s.nonce},
	}
	maps.Copy(params, s.params)
	if s.token != "" {
		params.Set("SecurityToken", s.token)
	}
	toSign := s.method + "&%2F&" + strings.ReplaceAll(url.QueryEscape(encoded(params)), "+", "%20")
	mac := hmac.New(sha1.New, []byte(s.secret+"&"))
	if s.signatureMethod == "HMAC-SHA256" {
		mac = hmac.New(sha256.New, []byte(s.secret+"&"))
	}
	mac.Write([]byte(toSign))
	params.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	query, body := params.Encode(), ""
	if s.form {
		query, body = "", query
	}
	r := httptest.NewRequest(s.method, "http://iot.cn-shanghai.aliyuncs.com/?"+query, strings.NewReader(body))
	if s.form {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// reply is an answer, decoded if it is JSON.
type reply struct {
	status int
	body   string
	json   map[string]any
}

func send(t *testing.T, h http.Handler, r *http.Request) reply {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := reply{status: w.Code, body: w.Body.String()}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(w.Body.Bytes(), &got.json); err != nil {
			t.Fatalf("decode %s: %v", got.body, err)
		}
	}
	return got
}

// ask calls an operation with the key testid; pairs are names and values.
func ask(t *testing.T, h http.Handler, action string, pairs ...string) reply {
	t.Helper()
	params := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		params.Add(pairs[i], pairs[i+1])
	}
	return send(t, h, signing{action: action, params: params}.acs3())
}

func (r reply) code() string { s, _ := r.json["Code"].(string); return s }

func (r reply) data() map[string]any { m, _ := r.json["Data"].(map[string]any); return m }

func (r reply) total() int { n, _ := r.json["Total"].(float64); return int(n) }

func (r reply) list(name, item string) []map[string]any {
	var all []map[string]any
	outer, _ := r.json[name].(map[string]any)
	entries, _ := outer[item].([]any)
	for _, e := range entries {
		all = append(all, e.(map[string]any))
	}
	return all
}

// account returns a simulator with the key testid and no tight budget.
func account() *simulator.Simulator {
	s := simulator.New()
	s.AddAccount(simulator.Account{
		Name: "main", Limit: 1_000_000, Keys: []simulator.Key{{ID: "testid", Secret: "testsecret"}},
	})
	return s
}

func pairs(params ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(params); i += 2 {
		v.Add(params[i], params[i+1])
	}
	return v
}
