// Package budget limits how many calls reach the API in one second. [Slots] are the
// calls that one account may make to one operation; [Shared] limits all accounts of one
// identity together.
//
// A caller takes a slot before it sends a request. The slot is free again one second
// after the answer. Without an answer, it is free one second after the request can have
// arrived at the latest. A throttled answer parks the slot for about 30 seconds. So the
// API never sees more calls in one second than there are slots.
//
// The package makes no calls and does not decide what to call. It starts no goroutine:
// timers free the slots.
package budget
