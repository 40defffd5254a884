package gateway

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// answer is a complete HTTP answer or, with deliver, a broken one.
type answer struct {
	status  int
	code    string // the code of the error, "" for success, or the kind of a fault
	header  http.Header
	body    []byte
	deliver func(w http.ResponseWriter, r *http.Request, a answer) // nil is the answer as it is
}

// answer encodes r in the format that the caller asked for. root is the root element in
// XML.
func (c *call) answer(status int, code, root string, r fleet.Record) answer {
	var b bytes.Buffer
	content := c.dialect.spelled(r)
	contentType := "application/json;charset=utf-8"
	if c.xml {
		contentType = "text/xml;charset=utf-8"
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
		writeXML(&b, root, content)
	} else {
		writeJSON(&b, content)
	}
	return answer{
		status: status,
		code:   code,
		header: http.Header{"Content-Type": {contentType}, "X-Acs-Request-Id": {c.id}},
		body:   b.Bytes(),
	}
}

// refusal encodes an error in the form of a gateway error or of a business error.
func (c *call) refusal(e *apiError) answer {
	if isBusiness(e.code) {
		return c.answer(e.status, e.code, c.action+"Response", fleet.Record{
			{Name: "RequestId", Value: c.id},
			{Name: "Success", Value: false},
			{Name: "Code", Value: e.code},
			{Name: "ErrorMessage", Value: e.message},
		})
	}
	return c.answer(e.status, e.code, "Error", fleet.Record{
		{Name: "RequestId", Value: c.id},
		{Name: "HostId", Value: c.request.Host},
		{Name: "Code", Value: e.code},
		{Name: "Message", Value: e.message},
		{Name: "Recommend", Value: "https://api.aliyun.com/troubleshoot?q=" + e.code + "&product=Iot&requestId=" + c.id},
	})
}

func (a answer) write(w http.ResponseWriter, r *http.Request) {
	if a.deliver != nil {
		a.deliver(w, r, a)
		return
	}
	a.writeHead(w)
	_, _ = w.Write(a.body) // ignore a client that has closed the connection
}

// writeHead writes everything before the body.
func (a answer) writeHead(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
}

// newRequestID returns a random UUID in the API's format.
func newRequestID() string {
	hi, lo := rand.Uint64(), rand.Uint64()
	return fmt.Sprintf("%08X-%04X-4%03X-%04X-%012X",
		hi>>32, hi>>16&0xffff, hi&0xfff, 0x8000|lo>>48&0x3fff, lo&0xffffffffffff)
}
