package load_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	// timeout is the timeout of a call.
	timeout = 2 * time.Second
	// trickle is the pause between two bytes.
	trickle = 50 * time.Millisecond
)

// connectionPeers returns peers that misbehave below HTTP.
func connectionPeers() []peer {
	return []peer{
		{name: "takes the connection and says nothing", class: "timeout",
			accept: func(s *server, c net.Conn) { s.stall(c) }},
		{name: "closes the connection at once", class: "transport",
			accept: func(*server, net.Conn) {}},
		{name: "closes the connection after the request", class: "transport",
			answer: func(*server, net.Conn, *http.Request) bool { return false }},
		{name: "resets the connection after the request", class: "transport",
			answer: func(_ *server, c net.Conn, _ *http.Request) bool {
				_ = c.(*net.TCPConn).SetLinger(0)
				return false
			}},
		{name: "resets the connection in the middle of the answer", class: "transport",
			answer: func(_ *server, c net.Conn, _ *http.Request) bool {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
				_ = c.(*net.TCPConn).SetLinger(0)
				return false
			}},
		{name: "closes the connection in the middle of the answer", class: "decode",
			answer: func(_ *server, c net.Conn, _ *http.Request) bool {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
				return false
			}},
		{name: "speaks SSH", class: "transport",
			accept: func(s *server, c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n"); s.stall(c) }},
		// SETTINGS, then GOAWAY. Where they arrive after the request was sent, they are the
		// beginning of a status line that never ends.
		{name: "speaks HTTP2 without being asked", class: "transport", also: "timeout",
			accept: func(s *server, c net.Conn) {
				_, _ = c.Write([]byte{0, 0, 0, 4, 0, 0, 0, 0, 0})
				_, _ = c.Write([]byte{0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
				s.stall(c)
			}},
		{name: "closes the connection after each answer", answer: func(_ *server, c net.Conn, r *http.Request) bool {
			reply(c, "200 OK", "Connection: close\r\n", good(r))
			return false
		}},
		{name: "closes the connection after each answer without saying so", also: "transport", // the next call may be on its way
			answer: func(_ *server, c net.Conn, r *http.Request) bool {
				reply(c, "200 OK", "", good(r))
				return false
			}},
		{name: "answers each request twice and echoes the signature",
			answer: func(_ *server, c net.Conn, r *http.Request) bool {
				reply(c, "200 OK", "", good(r))
				return reply(c, "200 OK", "X-Echo: "+r.Header.Get("Authorization")+"\r\n", r.Header.Get("Authorization"))
			}},
		{name: "reads nothing for a while and then everything at once", class: "timeout",
			accept: func(s *server, c net.Conn) {
				// All connections wait for the same moment. No request waits for more than
				// twice the timeout: beyond that the budget promises nothing.
				const every = 7 * timeout / 4
				if !s.pause(time.Until(time.Now().Truncate(every).Add(every))) {
					return
				}
				requests := bufio.NewReader(c)
				for r := s.read(requests); r != nil; {
					r = s.read(requests)
				}
			}},
		{name: "answers after the timeout", class: "timeout",
			answer: func(s *server, c net.Conn, r *http.Request) bool {
				return s.pause(timeout+timeout/4) && reply(c, "200 OK", "", good(r))
			}},
	}
}

// protocolPeers returns peers that misbehave in HTTP.
func protocolPeers() []peer {
	const ok = "HTTP/1.1 200 OK\r\n"
	bomb := gzipped(64)
	return []peer{
		{name: "stops in the status line", class: "timeout", answer: raw("HTTP/1.1 2")},
		{name: "stops in the headers", class: "timeout", answer: raw(ok + "Content-Le")},
		{name: "stops before the body", class: "timeout", answer: raw(ok + "Content-Length: 100\r\n\r\n")},
		{name: "sends headers byte by byte", class: "timeout", answer: trickles(ok, "X: y\r\n")},
		{name: "sends the body byte by byte", class: "timeout", answer: trickles(ok+"Content-Length: 100000\r\n\r\n", " ")},
		{name: "sends chunks of one byte", class: "timeout", answer: trickles(ok+"Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n")},
		{name: "sends headers without end", class: "transport", answer: endless(ok, "X-Padding: "+strings.Repeat("x", 1000)+"\r\n")},
		{name: "sends one header without end", class: "transport", answer: endless(ok+"X-Padding: ", strings.Repeat("x", 1000))},
		{name: "sends a body without end", class: "decode", answer: endless(ok+"\r\n", strings.Repeat(" ", 64<<10))},
		{name: "sends chunks without end", class: "decode", answer: endless(ok+"Transfer-Encoding: chunked\r\n\r\n", "1000\r\n"+strings.Repeat(" ", 4096)+"\r\n")},
		{name: "sends trailers without end", class: "transport", answer: endless(ok+"Transfer-Encoding: chunked\r\n\r\n0\r\n", "X-Padding: "+strings.Repeat("x", 1000)+"\r\n")},
		{name: "sends early hints without end", class: "transport", answer: endless("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")},
		{name: "sends Continue without end", class: "transport", answer: endless("", "HTTP/1.1 100 Continue\r\n\r\n")},
		{name: "sends early hints now and then", class: "timeout", answer: func(s *server, c net.Conn, _ *http.Request) bool {
			for range 5 {
				if _, err := io.WriteString(c, "HTTP/1.1 103 Early Hints\r\n\r\n"); err != nil || !s.pause(timeout/2) {
					return false
				}
			}
			return false
		}},
		{name: "switches protocols and says nothing", class: "decode", answer: raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")},
		{name: "switches protocols and never stops", class: "decode", answer: endless("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", strings.Repeat("x", 64<<10))},
		{name: "switches protocols without saying to what", class: "decode", answer: raw("HTTP/1.1 101 Switching Protocols\r\n\r\n")},
		{name: "sends a gzip bomb", class: "decode", answer: func(_ *server, c net.Conn, _ *http.Request) bool {
			return reply(c, "200 OK", "Content-Encoding: gzip\r\n", bomb)
		}},
		{name: "sends gzip that is none", class: "decode", answer: func(_ *server, c net.Conn, r *http.Request) bool {
			return reply(c, "200 OK", "Content-Encoding: gzip\r\n", good(r))
		}},
		{name: "redirects to itself", class: "decode", answer: with("302 Found", "Location: /\r\n")},
		{name: "redirects to a port where nobody listens", class: "decode", answer: with("308 Permanent Redirect", "Location: http://127.0.0.1:9/\r\n")},
		{name: "redirects with a body without end", class: "decode", answer: endless("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", strings.Repeat("x", 64<<10))},
		{name: "has nothing to say", class: "decode", answer: with("204 No Content", "")},
		{name: "says that nothing has changed", class: "decode", answer: with("304 Not Modified", "")},
		{name: "wants a password for the proxy", class: "decode", answer: with("407 Proxy Authentication Required", "Proxy-Authenticate: Basic\r\n")},
		{name: "throttles for ever", class: "throttled", late: true, answer: func(_ *server, c net.Conn, _ *http.Request) bool {
			return reply(c, "429 Too Many Requests", "Retry-After: 0\r\n", `{"Code":"Throttling.User"}`)
		}},
		{name: "fails with a large page", class: "server", answer: func(_ *server, c net.Conn, _ *http.Request) bool {
			return reply(c, "502 Bad Gateway", "", "<html>"+strings.Repeat("x", 512<<10))
		}},
		{name: "sends two lengths", class: "transport", answer: raw(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}")},
		{name: "sends a negative length", class: "transport", answer: raw(ok + "Content-Length: -1\r\n\r\n{}")},
	}
}

// contentPeers returns peers with correct HTTP whose answers are not those of the API.
func contentPeers() []peer {
	deep := strings.Repeat("[", 1<<19)
	tags := repeated(10_000, func(int) string { return `{"Key":"k","Value":"v"}` })
	versions := repeated(20_000, func(i int) string { return fmt.Sprintf(`"%d"`, i) })
	return []peer{
		{name: "shows a login page", class: "decode", answer: always("<!DOCTYPE html><html>login</html>")},
		{name: "answers null", class: "decode", answer: always("null")},
		{name: "nests without end", class: "decode", answer: always(deep)},
		{name: "nests in Data", class: "decode", answer: always(`{"Success":true,"Data":` + deep)},
		{name: "sends an XML bomb", class: "decode", answer: always(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Error><Code>&b;</Code></Error>`)},
		{name: "knows nothing of the batch", class: "decode", answer: job(func(*http.Request) string { return "" })},
		{name: "sends no status", class: "decode", answer: job(func(r *http.Request) string { return fmt.Sprintf(`"JobId":%q`, r.FormValue("JobId")) })},
		{name: "speaks of another batch after a while", class: "decode", late: true, answer: func(s *server, c net.Conn, r *http.Request) bool {
			if r.Header.Get("X-Acs-Action") == "QueryOTAJob" && s.requests() > 20 {
				return reply(c, "200 OK", "", `{"Success":true,"Data":{"JobId":"another","JobStatus":"COMPLETED"}}`)
			}
			return reply(c, "200 OK", "", good(r))
		}},
		{name: "begins with a byte order mark", answer: says(func(r *http.Request) string { return "\ufeff" + good(r) })},
		{name: "sends ten thousand equal tags", answer: job(running(`"Tags":{"OtaTagDTO":` + tags + `}`))},
		{name: "sends twenty thousand versions", answer: job(running(`"SrcVersions":{"SrcVersion":` + versions + `}`))},
		{name: "sends numbers that nobody can mean", answer: job(running(`"MaximumPerMinute":1e-300,"TimeoutInMinutes":-1e300,"RetryCount":1e308,"GrayPercent":"NaN","UtcStartTime":"9999-12-31T23:59:59Z"`))},
		{name: "sends text that steers a terminal", answer: job(running(`"Name":"\u0000\u001b[2J\u202e\u0085\ud800","JobDesc":"\n\r\t\"\\"`))},
		{name: "sends bytes that are no text", answer: job(running("\"Name\":\"\xff\xfe\xc0\""))},
		{name: "lists more than it was asked for", listFails: true, answer: list(func(string) string {
			return `{"Success":true,"Total":5000,"Data":{"SimpleOTAJobInfo":` + repeated(5000, func(i int) string { return fmt.Sprintf(`{"JobId":"many-%d","JobStatus":"COMPLETED"}`, i) }) + `}}`
		})},
		{name: "lists new batches without end", answer: list(func(page string) string {
			return `{"Success":true,"Total":2000000000,"Data":{"SimpleOTAJobInfo":` + repeated(200, func(i int) string {
				return fmt.Sprintf(`{"JobId":"endless-%s-%d","JobStatus":"COMPLETED","UtcEndTime":"2020-01-01T00:00:00Z"}`, page, i)
			}) + `}}`
		})},
		{name: "lists the same page without end", listFails: true, late: true, answer: list(func(string) string {
			return `{"Success":true,"Total":2000000000,"Data":{"SimpleOTAJobInfo":` + repeated(200, func(i int) string { return fmt.Sprintf(`{"JobId":"same-%d","JobStatus":"COMPLETED"}`, i) }) + `}}`
		})},
		{name: "lists empty pages without end", listFails: true, answer: list(func(string) string { return `{"Success":true,"Total":2000000000,"Data":{"SimpleOTAJobInfo":[]}}` })},
		{name: "lists without a total", listFails: true, answer: list(func(string) string { return `{"Success":true,"Data":{"SimpleOTAJobInfo":[]}}` })},
		{name: "spells everything in lower case", answer: says(func(r *http.Request) string {
			return string(lowerKeys(good(r)))
		})},
	}
}

// lowerKeys converts the keys of a JSON text to lower case.
func lowerKeys(text string) []byte {
	var out bytes.Buffer
	for rest := text; rest != ""; {
		quoted, after, found := strings.Cut(rest, `":`)
		at := strings.LastIndexByte(quoted, '"')
		if !found || at < 0 {
			out.WriteString(rest)
			break
		}
		out.WriteString(quoted[:at] + strings.ToLower(quoted[at:]) + `":`)
		rest = after
	}
	return out.Bytes()
}
