package simulator_test

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const endpoint = "http://iot.cn-shanghai.aliyuncs.com/?"

var nonces atomic.Int64

// signing describes a call. The zero value of a field is its default, see fill.
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
	s.id = cmp.Or(s.id, "testid")
	s.secret = cmp.Or(s.secret, "testsecret")
	s.method = cmp.Or(s.method, http.MethodPost)
	s.action = cmp.Or(s.action, "QueryOTAJob")
	s.version = cmp.Or(s.version, "2018-01-20")
	s.date = cmp.Or(s.date, stamp(0))
	s.nonce = cmp.Or(s.nonce, fmt.Sprint("nonce-", nonces.Add(1)))
	s.accept = cmp.Or(s.accept, "application/json")
	s.signatureMethod = cmp.Or(s.signatureMethod, "HMAC-SHA1")
	return s
}

// pairs returns parameters from alternating names and values.
func pairs(params ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(params); i += 2 {
		v.Add(params[i], params[i+1])
	}
	return v
}

// withJSON adds the parameter with which an RPC call asks for JSON.
func withJSON(params url.Values) url.Values {
	all := url.Values{"Format": {"json"}}
	maps.Copy(all, params)
	return all
}

// stamp formats a time as ACS3 and RPC calls do.
func stamp(ahead time.Duration) string {
	return time.Now().Add(ahead).UTC().Format("2006-01-02T15:04:05Z")
}

func encoded(params url.Values) string { return strings.ReplaceAll(params.Encode(), "+", "%20") }

func hmacOf(h func() hash.Hash, secret, text string) []byte {
	mac := hmac.New(h, []byte(secret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// acs3 builds the call of an ACS3 client, by Alibaba's page on the signature.
func (s signing) acs3() *http.Request {
	s = s.fill()
	query, body := encoded(s.params), ""
	if s.form {
		query, body = "", s.params.Encode()
	}
	r := httptest.NewRequest(s.method, endpoint+query, strings.NewReader(body))
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
	signature := hmacOf(sha256.New, s.secret, "ACS3-HMAC-SHA256\n"+hex.EncodeToString(hashed[:]))
	r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential="+s.id+
		",SignedHeaders="+strings.Join(names, ";")+",Signature="+hex.EncodeToString(signature))
	return r
}

// rpc builds the call of an older client.
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
	h := sha1.New
	if s.signatureMethod == "HMAC-SHA256" {
		h = sha256.New
	}
	params.Set("Signature", base64.StdEncoding.EncodeToString(hmacOf(h, s.secret+"&", toSign)))
	query, body := params.Encode(), ""
	if s.form {
		query, body = "", query
	}
	r := httptest.NewRequest(s.method, endpoint+query, strings.NewReader(body))
	if s.form {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// roa builds the call of a generic client of ROA products.
func (s signing) roa() *http.Request {
	s = s.fill()
	r := httptest.NewRequest(s.method, endpoint+encoded(s.params), nil)
	date := time.Now().UTC().Format(http.TimeFormat)
	r.Header.Set("Accept", s.accept)
	r.Header.Set("Date", date)
	headers := []string{"x-acs-action:" + s.action, "x-acs-signature-nonce:" + s.nonce, "x-acs-version:" + s.version}
	if s.token != "" {
		headers = slices.Insert(headers, 1, "x-acs-security-token:"+s.token)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		r.Header.Set(name, value)
	}
	var query []string
	for _, name := range slices.Sorted(maps.Keys(s.params)) {
		query = append(query, name+"="+s.params.Get(name))
	}
	toSign := s.method + "\n" + s.accept + "\n\n\n" + date + "\n" + strings.Join(headers, "\n") + "\n/?" + strings.Join(query, "&")
	r.Header.Set("Authorization", "acs "+s.id+":"+base64.StdEncoding.EncodeToString(hmacOf(sha1.New, s.secret, toSign)))
	return r
}
