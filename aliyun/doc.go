// Package aliyun is a client of the OTA operations of the Alibaba Cloud IoT
// Platform API, version 2018-01-20: one signed call at a time, decoded
// tolerantly, its failures sorted into a few classes, within a rate budget.
//
// It never retries, never follows a redirect, never caches an answer, and
// knows nothing of Prometheus: each call is reported to an [Observer].
package aliyun
