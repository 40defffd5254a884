package load_test

import (
	"net"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// lateName is a name that cannot be resolved before the nameServer has recovered.
const lateName = "late.hostile.test"

// nameServer is a DNS server that fails until it has recovered.
type nameServer struct {
	address   string // without the port, which is always 53
	recovered atomic.Bool
}

// serveNames starts a nameServer, which stops when the test ends. It returns nil if this user
// may not listen on port 53, or may not give a process a resolv.conf of its own.
func serveNames(t *testing.T) *nameServer {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Logf("no name server: unshare: %v %s", err, out)
		return nil
	}
	n := &nameServer{address: "127.0.53.53"}
	conn, err := net.ListenPacket("udp", net.JoinHostPort(n.address, "53"))
	if err != nil {
		t.Logf("no name server: %v", err)
		return nil
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buffer := make([]byte, 512)
		for {
			size, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := n.answer(buffer[:size]); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-ended })
	return n
}

// answer resolves lateName to 127.0.0.1, and no other name.
func (n *nameServer) answer(question []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	switch late := strings.HasPrefix(q.Name.String(), lateName+"."); {
	case late && !n.recovered.Load():
		m.RCode = dnsmessage.RCodeServerFailure
	case !late:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 1},
			Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
		}}
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}
