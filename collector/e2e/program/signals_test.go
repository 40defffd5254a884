//go:build darwin || freebsd || linux || netbsd || openbsd

package program_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// startBeforeFirstWrite starts an exporter with a state file and returns when it has polled
// job1. The batch is not in the file yet: the first write is ten seconds after the start.
func startBeforeFirstWrite(t *testing.T, content string) (p *exportertest.Process, config, state string) {
	t.Helper()
	config = exportertest.TempFile(t, "config.yml", content)
	state = filepath.Join(t.TempDir(), "state")
	cmd := exportertest.Command(t, "--config.file="+config, "--persistence.file="+state)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a process group of its own
	p = exportertest.StartProcess(t, cmd)
	p.AwaitListening()
	p.AwaitMetric(exportertest.InProgress("job1"))
	if batchesInFile(t, state)["job1"] {
		t.Fatal("the batch is already in the state file, so the test would not notice that the last write is missing")
	}
	return p, config, state
}

// blockStop makes an orderly stop take as long as it may. It sends a request that does not
// end: a reload of a configuration file that is a FIFO without a writer.
func blockStop(p *exportertest.Process, config string) {
	p.T.Helper()
	if err := os.Remove(config); err != nil {
		p.T.Fatal(err)
	}
	if err := syscall.Mkfifo(config, 0o600); err != nil {
		p.T.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if response, err := http.Post(p.URLs[0]+"/-/reload", "", nil); err == nil { // an error means that the program has ended
			response.Body.Close()
		}
	}()
	p.T.Cleanup(func() {
		p.Kill()
		<-ended
	})
	openForReader(p.T, config)
}

// openForReader waits until a FIFO has a reader, and opens it for writing. The reader then
// waits for content.
func openForReader(t *testing.T, fifo string) {
	t.Helper()
	exportertest.Eventually(t, func() string {
		writer, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return "a reader of the FIFO"
		}
		t.Cleanup(func() { writer.Close() })
		return ""
	})
}

// awaitEnd waits for the end of the process and returns its exit status. The test fails if
// the process runs longer than within after since.
func awaitEnd(p *exportertest.Process, since time.Time, within time.Duration) *os.ProcessState {
	p.T.Helper()
	select {
	case <-p.Ended:
	case <-time.After(time.Until(since.Add(within))):
		p.T.Fatalf("it still runs %v after the signal\n%s", within, p.Log)
	}
	return p.Cmd.ProcessState
}

// Signals within a second after the first one are the same request to end. They interrupt
// neither the last write of the state file nor scrapes in progress.
func TestSignalsWithinASecond(t *testing.T) {
	const term, interrupt = syscall.SIGTERM, syscall.SIGINT
	for name, c := range map[string]struct {
		signals []syscall.Signal
		apart   time.Duration
	}{
		"two at once":              {[]syscall.Signal{term, term}, 0},
		"of two kinds":             {[]syscall.Signal{interrupt, term}, 0},
		"Ctrl-C twice":             {[]syscall.Signal{interrupt, interrupt}, 150 * time.Millisecond},
		"many":                     {[]syscall.Signal{term, term, term, term, term, term, term, term, term, term}, 50 * time.Millisecond},
		"just before the second":   {[]syscall.Signal{term, term}, 800 * time.Millisecond},
		"with a reload in between": {[]syscall.Signal{term, syscall.SIGHUP, term}, 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := exportertest.NewAPI(t)
			p, path, state := startBeforeFirstWrite(t, api.Config("job1"))
			blockStop(p, path) // the program must live until all signals are sent
			start := time.Now()
			for i, s := range c.signals {
				if i > 0 {
					<-time.After(c.apart)
				}
				if err := syscall.Kill(-p.Cmd.Process.Pid, s); err != nil {
					t.Fatal(err)
				}
			}
			if state := awaitEnd(p, start, 5*time.Second); !state.Success() {
				t.Errorf("it ended with %v, want exit code 0\n%s", state, p.Log)
			}
			if !batchesInFile(t, state)["job1"] {
				t.Error("the batch is not in the state file")
			}
		})
	}
}

// A signal more than a second after the first one ends the program at once. The state file
// has been written by then.
func TestLaterSignal(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	p, path, state := startBeforeFirstWrite(t, api.Config("job1"))
	blockStop(p, path)
	p.Signal(syscall.SIGTERM)
	<-time.After(1500 * time.Millisecond)
	p.Signal(syscall.SIGTERM)
	status := awaitEnd(p, time.Now(), time.Second).Sys().(syscall.WaitStatus)
	if status.Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v, want the signal", p.Cmd.ProcessState)
	}
	if !batchesInFile(t, state)["job1"] {
		t.Error("the batch is not in the state file")
	}
}

// SIGTERM ends the program within 5 s, even if servers hang. The state file is written
// within 2 s.
func TestStopWhileServersHang(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	config := api.Config("job1")
	for name, say := range map[string]string{
		"silent":   "",
		"switched": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
		"bodiless": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
		"headless": "HTTP/1.1 200 OK\r\nX-A",
	} {
		config += "  - name: " + name + "\n    endpoint: http://" + hangingServer(t, say) + `
    credentials: {access_key_id: LTAI` + name + `, access_key_secret: do-not-show}
    device_counts: true
    instances: [{jobs: [a, b, c, d, e, f], discover: {firmwares: [x]}}]
`
	}
	p, path, state := startBeforeFirstWrite(t, config)
	start := time.Now()
	if code, _ := p.Ask(http.MethodPost, "/-/reload"); code != http.StatusOK || time.Since(start) > time.Second {
		t.Errorf("reload: status %d after %v", code, time.Since(start))
	}
	blockStop(p, path)
	start = time.Now()
	p.Signal(syscall.SIGTERM)
	exportertest.Eventually(t, func() string {
		if !batchesInFile(t, state)["job1"] {
			return "the batch in the state file"
		}
		return ""
	})
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("the state file was written %v after the signal", took)
	}
	if state := awaitEnd(p, start, 5*time.Second); !state.Success() {
		t.Errorf("it ended with %v, want exit code 0\n%s", state, p.Log)
	}
}

// hangingServer answers each request with a text, and then keeps the connection open
// without sending anything.
func hangingServer(t *testing.T, say string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = io.WriteString(conn, say)
				_, _ = io.Copy(io.Discard, conn) // until the client closes
			}()
		}
	}()
	return l.Addr().String()
}

// Ctrl-C reaches all programs of a pipeline, so the program that reads the log may end
// first. Log lines that cannot be written must not interrupt the last write of the state
// file.
func TestLogReaderEndsFirst(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	state := filepath.Join(t.TempDir(), "state")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	config := exportertest.TempFile(t, "config.yml", api.Config("job1"))
	cmd := exportertest.Command(t, "--config.file="+config, "--persistence.file="+state, exportertest.AnyPort)
	cmd.Stderr = writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	exportertest.Eventually(t, func() string {
		if api.TimesAsked("job1") == 0 {
			return "the first poll"
		}
		return ""
	})
	reader.Close()
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGTERM} { // a reload writes log lines
		<-time.After(300 * time.Millisecond)
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v, want exit code 0", err)
	}
	if !batchesInFile(t, state)["job1"] {
		t.Error("the batch is not in the state file")
	}
}
