package hostile_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// good is what the API answers.
func good(r *http.Request) string {
	job := r.FormValue("JobId")
	switch r.Header.Get("X-Acs-Action") {
	case "QueryOTAJob":
		return fmt.Sprintf(`{"RequestId":"R","Success":true,"Data":{"JobId":%q,"JobStatus":"IN_PROGRESS","FirmwareId":"fw","SelectionType":"DYNAMIC"}}`, job)
	case "ListOTAJobByFirmware":
		return `{"RequestId":"R","Success":true,"Total":1,"Data":{"SimpleOTAJobInfo":[{"JobId":"found","JobStatus":"IN_PROGRESS","FirmwareId":"fw"}]}}`
	case "ListOTAFirmware":
		return `{"RequestId":"R","Success":true,"Total":1,"FirmwareInfo":{"SimpleFirmwareInfo":[{"FirmwareId":"fw","ProductKey":"a1Hostile01"}]}}`
	default:
		return fmt.Sprintf(`{"RequestId":"R","Success":true,"Total":1,"Data":{"SimpleOTATaskInfo":[{"JobId":%q,"TaskStatus":"QUEUED"}]}}`, job)
	}
}

// reply writes a whole answer.
func reply(c net.Conn, status, header, body string) bool {
	_, err := fmt.Fprintf(c, "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s", status, header, len(body), body)
	return err == nil
}

// says answers every request with HTTP 200 and what body makes of it.
func says(body func(r *http.Request) string) func(*server, net.Conn, *http.Request) bool {
	return func(_ *server, c net.Conn, r *http.Request) bool { return reply(c, "200 OK", "", body(r)) }
}

// always is [says] with the same text each time.
func always(body string) func(*server, net.Conn, *http.Request) bool {
	return says(func(*http.Request) string { return body })
}

// with answers every request with a status and headers, and no body that counts.
func with(status, header string) func(*server, net.Conn, *http.Request) bool {
	return func(_ *server, c net.Conn, _ *http.Request) bool { return reply(c, status, header, "") }
}

// raw writes a text as it is, and then leaves the connection open.
func raw(text string) func(*server, net.Conn, *http.Request) bool {
	return func(s *server, c net.Conn, _ *http.Request) bool {
		_, _ = io.WriteString(c, text)
		s.stall(c)
		return false
	}
}

// endless writes a head, and then a text again and again until the client has gone.
func endless(head, text string) func(*server, net.Conn, *http.Request) bool {
	return func(_ *server, c net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(c, head)
		for err == nil {
			_, err = io.WriteString(c, text)
		}
		return false
	}
}

// trickles writes a head, and then one byte of a text now and then, for ever.
func trickles(head, text string) func(*server, net.Conn, *http.Request) bool {
	return func(s *server, c net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(c, head)
		for i := 0; err == nil && s.pause(trickle); i++ {
			_, err = c.Write([]byte{text[i%len(text)]})
		}
		return false
	}
}

// gzipped is so many MiB of blanks, compressed.
func gzipped(mib int) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	blank := strings.Repeat(" ", 1<<20)
	for range mib {
		_, _ = io.WriteString(w, blank)
	}
	_ = w.Close()
	return b.String()
}

// repeated is a JSON list of so many elements.
func repeated(n int, element func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(element(i))
	}
	return "[" + b.String() + "]"
}

// job is a good answer of QueryOTAJob with further fields, and the good answer of
// every other operation.
func job(fields func(r *http.Request) string) func(*server, net.Conn, *http.Request) bool {
	return says(func(r *http.Request) string {
		if r.Header.Get("X-Acs-Action") != "QueryOTAJob" {
			return good(r)
		}
		return fmt.Sprintf(`{"RequestId":"R","Success":true,"Data":{%s}}`, fields(r))
	})
}

// running are the fields of a batch that runs, and some more.
func running(more string) func(*http.Request) string {
	return func(r *http.Request) string {
		return fmt.Sprintf(`"JobId":%q,"JobStatus":"IN_PROGRESS",%s`, r.FormValue("JobId"), more)
	}
}

// list is an answer of ListOTAJobByFirmware, and the good answer of every other
// operation.
func list(body func(page string) string) func(*server, net.Conn, *http.Request) bool {
	return says(func(r *http.Request) string {
		if r.Header.Get("X-Acs-Action") != "ListOTAJobByFirmware" {
			return good(r)
		}
		return body(r.FormValue("CurrentPage"))
	})
}
