package credentials

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	_ "unsafe" // for go:linkname
)

// maxKeysAnswer caps what a source of keys answers, in bytes. Real answers have
// less than 4 KiB, most of it the token.
const maxKeysAnswer = 64 << 10

// sendHook is the place in credentials-go through which all of its requests go:
// to STS, the metadata service, a credentials URI, for profiles and single
// sign-on. It reads answers of any length into memory and lets "101 Switching
// Protocols" hang for ever, and has no option against either. Whether a newer
// version still has the hook is seen by TestSourcesAreBounded.
//
//go:linkname sendHook github.com/aliyun/credentials-go/credentials/internal/http.hookDo
var sendHook func(func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error)

// boundSources puts bounds on the answers that credentials-go reads.
var boundSources = sync.OnceFunc(func() {
	sendHook = func(send func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			r.Close = true // it uses no connection twice, and would leave it open for 90 s
			response, err := send(r)
			if err != nil {
				return nil, err
			}
			if response.StatusCode < 200 { // the body is the bare connection
				response.Body.Close()
				return nil, fmt.Errorf("the source answers with HTTP %d, which no source of keys uses", response.StatusCode)
			}
			response.Body = &boundBody{response.Body, maxKeysAnswer}
			return response, nil
		}
	}
})

var errLongKeysAnswer = errors.New("the source's answer is too long")

// boundBody is a body that fails when it is longer than left.
type boundBody struct {
	io.ReadCloser
	left int // bytes
}

func (b *boundBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, errLongKeysAnswer
	}
	return n, err
}
