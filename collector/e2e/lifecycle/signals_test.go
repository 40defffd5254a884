//go:build darwin || freebsd || linux || netbsd || openbsd

package lifecycle_test

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

// keeping starts an exporter that knows one batch, which is not in its state file yet:
// the first write would be ten seconds after the start.
func keeping(t *testing.T, content string) (p *exportertest.Process, config, state string) {
	t.Helper()
	config = exportertest.TempFile(t, "config.yml", content)
	state = filepath.Join(t.TempDir(), "state")
	cmd := exportertest.Command(t, "--config.file="+config, "--persistence.file="+state)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group of its own
	p = exportertest.StartProcess(t, cmd)
	p.AwaitListening()
	p.AwaitMetric(exportertest.InProgress("job1"))
	if batchesInFile(t, state)["job1"] {
		t.Fatal("the batch is in the state file already, so the last write does not show")
	}
	return p, config, state
}

// hold gives the exporter a request that does not end, which a stop waits for as long as
// it may: a reload whose configuration file is a FIFO that nobody writes to.
func hold(p *exportertest.Process, config string) {
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
		if response, err := http.Post(p.URLs[0]+"/-/reload", "", nil); err == nil { // it fails when the program ends
			response.Body.Close()
		}
	}()
	p.T.Cleanup(func() {
		p.Kill()
		<-ended
	})
	openForReader(p.T, config)
}

// openForReader opens a FIFO to write to as soon as there is a reader, which then waits
// for content.
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

// awaitEnd demands an end within so long after a moment, and gives how it was.
func awaitEnd(p *exportertest.Process, since time.Time, within time.Duration) *os.ProcessState {
	p.T.Helper()
	select {
	case <-p.Ended:
	case <-time.After(time.Until(since.Add(within))):
		p.T.Fatalf("not ended %v after the signal\n%s", within, p.Log)
	}
	return p.Cmd.ProcessState
}

// Signals within a second after the first are the same request to end. They do not cut
// off the last write of the state file, nor the scrapes at hand.
func TestSignalsThatComeTogether(t *testing.T) {
	const term, interrupt = syscall.SIGTERM, syscall.SIGINT
	for name, c := range map[string]struct {
		signals []syscall.Signal
		apart   time.Duration
	}{
		"twice at once":            {[]syscall.Signal{term, term}, 0},
		"of two kinds":             {[]syscall.Signal{interrupt, term}, 0},
		"Ctrl-C twice":             {[]syscall.Signal{interrupt, interrupt}, 150 * time.Millisecond},
		"many":                     {[]syscall.Signal{term, term, term, term, term, term, term, term, term, term}, 50 * time.Millisecond},
		"just before the second":   {[]syscall.Signal{term, term}, 800 * time.Millisecond},
		"with a reload in between": {[]syscall.Signal{term, syscall.SIGHUP, term}, 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := exportertest.NewAPI(t)
			p, path, state := keeping(t, api.Config("job1"))
			hold(p, path) // so that the program is there for all of the signals
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
				t.Errorf("the end: %v, want exit code 0\n%s", state, p.Log)
			}
			if !batchesInFile(t, state)["job1"] {
				t.Error("the batch is not in the state file")
			}
		})
	}
}

// A signal that comes a second or more after the first ends the program at once. The
// state file was written by then.
func TestLaterSignal(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	p, path, state := keeping(t, api.Config("job1"))
	hold(p, path)
	p.Signal(syscall.SIGTERM)
	<-time.After(1500 * time.Millisecond)
	p.Signal(syscall.SIGTERM)
	status := awaitEnd(p, time.Now(), time.Second).Sys().(syscall.WaitStatus)
	if status.Signal() != syscall.SIGTERM {
		t.Errorf("the end: %v, want it by the signal", p.Cmd.ProcessState)
	}
	if !batchesInFile(t, state)["job1"] {
		t.Error("the batch is not in the state file")
	}
}

// Whatever peers do, SIGTERM ends the program within 5 s, and the state file is written
// long before.
func TestEndBesidePeersThatHang(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	config := api.Config("job1")
	for name, say := range map[string]string{
		"silent":   "",
		"switched": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
		"bodiless": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
		"headless": "HTTP/1.1 200 OK\r\nX-A",
	} {
		config += "  - name: " + name + "\n    endpoint: http://" + hangingPeer(t, say) + `
    credentials: {access_key_id: LTAI` + name + `, access_key_secret: do-not-show}
    device_counts: true
    instances: [{jobs: [a, b, c, d, e, f], discover: {firmwares: [x]}}]
`
	}
	p, path, state := keeping(t, config)
	start := time.Now()
	if code, _ := p.Ask(http.MethodPost, "/-/reload"); code != http.StatusOK || time.Since(start) > time.Second {
		t.Errorf("a reload: status %d after %v", code, time.Since(start))
	}
	hold(p, path)
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
		t.Errorf("the end: %v, want exit code 0\n%s", state, p.Log)
	}
}

// hangingPeer accepts connections, says this to each after its request, and no more.
func hangingPeer(t *testing.T, say string) (address string) {
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

// A pipeline gets Ctrl-C as a whole: the program that reads the log may be gone first.
// Nothing that is logged then may cut off the last write.
func TestLogReaderThatIsGone(t *testing.T) {
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
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGTERM} { // a reload is logged
		<-time.After(300 * time.Millisecond)
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the end: %v, want exit code 0", err)
	}
	if !batchesInFile(t, state)["job1"] {
		t.Error("the batch is not in the state file")
	}
}
