package load_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// good returns the answer of a correct API.
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

// reply writes a complete answer.
func reply(c net.Conn, status, header, body string) bool {
	_, err := fmt.Fprintf(c, "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s", status, header, len(body), body)
	return err == nil
}

// says answers every request with HTTP 200 and the text that body returns.
func says(body func(r *http.Request) string) func(*server, net.Conn, *http.Request) bool {
	return func(_ *server, c net.Conn, r *http.Request) bool { return reply(c, "200 OK", "", body(r)) }
}

// always answers every request with HTTP 200 and the same text.
func always(body string) func(*server, net.Conn, *http.Request) bool {
	return says(func(*http.Request) string { return body })
}

// with answers every request with a status, headers and an empty body.
func with(status, header string) func(*server, net.Conn, *http.Request) bool {
	return func(_ *server, c net.Conn, _ *http.Request) bool { return reply(c, status, header, "") }
}

// raw writes a text as it is and keeps the connection open.
func raw(text string) func(*server, net.Conn, *http.Request) bool {
	return func(s *server, c net.Conn, _ *http.Request) bool {
		_, _ = io.WriteString(c, text)
		s.stall(c)
		return false
	}
}

// endless writes a header and then repeats a text until the client closes the connection.
func endless(head, text string) func(*server, net.Conn, *http.Request) bool {
	return func(_ *server, c net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(c, head)
		for err == nil {
			_, err = io.WriteString(c, text)
		}
		return false
	}
}

// trickles writes a header and then the bytes of a text, one by one with pauses, for ever.
func trickles(head, text string) func(*server, net.Conn, *http.Request) bool {
	return func(s *server, c net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(c, head)
		for i := 0; err == nil && s.pause(trickle); i++ {
			_, err = c.Write([]byte{text[i%len(text)]})
		}
		return false
	}
}

// gzipped returns compressed blanks, whose size is given in MiB.
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

// repeated returns a JSON list of n elements.
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

// job answers QueryOTAJob with the given fields, and other operations with [good].
func job(fields func(r *http.Request) string) func(*server, net.Conn, *http.Request) bool {
	return says(func(r *http.Request) string {
		if r.Header.Get("X-Acs-Action") != "QueryOTAJob" {
			return good(r)
		}
		return fmt.Sprintf(`{"RequestId":"R","Success":true,"Data":{%s}}`, fields(r))
	})
}

// running returns the fields of a batch in progress, and more.
func running(more string) func(*http.Request) string {
	return func(r *http.Request) string {
		return fmt.Sprintf(`"JobId":%q,"JobStatus":"IN_PROGRESS",%s`, r.FormValue("JobId"), more)
	}
}

// list answers ListOTAJobByFirmware with the given body, and other operations with [good].
func list(body func(page string) string) func(*server, net.Conn, *http.Request) bool {
	return says(func(r *http.Request) string {
		if r.Header.Get("X-Acs-Action") != "ListOTAJobByFirmware" {
			return good(r)
		}
		return body(r.FormValue("CurrentPage"))
	})
}
