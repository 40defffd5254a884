// Package budget bounds how many calls reach the API in any second. Slots are those
// that one account may make to one operation; Shared is what all accounts of one
// identity may make to it together.
//
// A slot is held from before the request is sent until one second after its answer, or
// after the last moment at which a request without an answer can still arrive. A
// throttled answer parks it. So the API never sees more calls in one second than there
// are slots.
//
// The package makes no call, and does not decide what to ask for. It starts no
// goroutine: slots come back by timers.
package budget
