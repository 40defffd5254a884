package web

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/exporter-toolkit/web"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// dial connects as a client.
func dial(t *testing.T, l *network.PipeListener) net.Conn {
	t.Helper()
	conn, err := l.Dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// get is the start of a request. More headers and an empty line must follow.
const get = "GET / HTTP/1.1\r\nHost: exporter\r\n"

// done answers every request at once.
func done(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "done") }

// serve runs Serve until the test ends or stop is called. stop returns the duration of the
// shutdown. The connections are in memory, because the time of a synctest bubble does not pass
// while it waits for a real connection.
func serve(t *testing.T, handler http.HandlerFunc) (l *network.PipeListener, stop func() time.Duration) {
	t.Helper()
	l = network.NewPipeListener()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Listeners{l}.Serve(ctx, &web.FlagConfig{WebConfigFile: new("")}, handler, false, log.NewNopLogger())
	}()
	stop = sync.OnceValue(func() time.Duration {
		start := time.Now()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		return time.Since(start)
	})
	t.Cleanup(func() { stop() })
	return l, stop
}

// ask sends a request, valid or not, without changes and returns the status of the answer.
func ask(t *testing.T, l *network.PipeListener, request string) (status int) {
	t.Helper()
	conn := dial(t, l)
	defer conn.Close()
	go io.WriteString(conn, request)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}
