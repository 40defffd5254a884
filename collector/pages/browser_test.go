package pages_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// browser is a tab of a real Chromium.
type browser struct {
	t       *testing.T                                // of the part of the test that runs
	ctx     context.Context                           // of the tab; ends with the test
	console iter.Seq2[chromedp.ConsoleMessage, error] // all messages since the tab was opened
}

// openBrowser starts Chromium and stops it when the test ends. CI must have Chromium.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	path := repository.Tool(t, "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Env("TMPDIR="+t.TempDir()),
		// The tests may run as root and without Internet access.
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() { closeTab(); end() })
	return &browser{t, ctx, chromedp.Console(ctx)}
}

// perform runs an action for at most 30 s, because a page with a dialog blocks for ever.
func perform[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	perform(b, chromedp.Steps(steps...))
}

// value evaluates a JavaScript expression in the page and returns its value as text.
func (b *browser) value(expression string) string {
	b.t.Helper()
	return perform(b, chromedp.Evaluate[string]("String("+expression+")"))
}

// count evaluates a JavaScript expression in the page whose value is a number.
func (b *browser) count(expression string) int {
	b.t.Helper()
	return perform(b, chromedp.Evaluate[int](expression))
}

// roles returns how many elements of each role the accessibility tree of the page has.
func (b *browser) roles() map[string]int {
	b.t.Helper()
	roles := make(map[string]int)
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		tree, err := cdp.Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			return err
		}
		for _, node := range tree.Nodes {
			if !node.Ignored && node.Role != nil {
				roles[strings.Trim(string(node.Role.Value), `"`)]++
			}
		}
		return nil
	}))
	return roles
}

// follow clicks on an element that opens another page, and waits for that page. The old one is
// marked, because on a busy machine it may still be there when the response has come.
func (b *browser) follow(selector string) {
	b.t.Helper()
	b.value(`document.isOld = true`)
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatal(err)
	}
	for {
		complete, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!document.isOld && document.readyState === "complete"`))
		if complete {
			return
		}
		if ctx.Err() != nil { // other errors come from a page that goes away
			b.t.Fatal(err, ctx.Err())
		}
	}
}

// colours sets the colour scheme that the reader prefers: "light" or "dark".
func colours(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
		return err
	})
}

// test runs a subtest in the same browser.
func (b *browser) test(name string, part func(t *testing.T)) {
	whole := b.t
	defer func() { b.t = whole }()
	whole.Run(name, func(t *testing.T) {
		b.t = t
		part(t)
	})
}

// checkConsole checks that the console is empty: there were no errors, no missing
// resources, and no violations of the security policy of the page.
func (b *browser) checkConsole() {
	b.t.Helper()
	// Messages arrive in order, so this one is the last.
	const last = "that is all"
	b.value(fmt.Sprintf("console.log(%q)", last))
	for message, err := range b.console {
		if err != nil {
			b.t.Fatal(err)
		}
		if message.Text == last {
			return
		}
		b.t.Errorf("console: %s", message)
	}
}
