package credentials

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	_ "unsafe" // for go:linkname
)

// maxKeysAnswer limits an answer of a source, in bytes. Real answers have less than
// 4 KiB, most of it the token.
const maxKeysAnswer = 64 << 10

// sendHook is a variable in credentials-go through which all its requests go: to STS,
// the metadata service, a credentials URI, for profiles and single sign-on.
// credentials-go reads answers of any length into memory, hangs forever at "101
// Switching Protocols", and has no option against either. TestSourcesAreBounded fails if
// a newer version has no such hook.
//
//go:linkname sendHook github.com/aliyun/credentials-go/credentials/internal/http.hookDo
var sendHook func(func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error)

// boundSources limits the answers that credentials-go reads. It applies to the whole
// process.
var boundSources = sync.OnceFunc(func() {
	sendHook = func(send func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			r.Close = true // otherwise an unused connection would stay open for 90 s
			response, err := send(r)
			if err != nil {
				return nil, err
			}
			if response.StatusCode < 200 { // its body is the bare connection
				response.Body.Close()
				return nil, fmt.Errorf("the source answers with HTTP %d, which is not an answer of a key source", response.StatusCode)
			}
			response.Body = &boundBody{response.Body, maxKeysAnswer}
			return response, nil
		}
	}
})

var errLongKeysAnswer = errors.New("the source's answer is too long")

// boundBody is a body whose Read fails after more than left bytes.
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
