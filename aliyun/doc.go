// Package aliyun is a client of the OTA operations of the Alibaba Cloud IoT Platform
// API, version 2018-01-20. Each method makes one signed call: [Client.QueryOTAJob] and
// three that read lists. Fields of the API are declared in [Job] and its neighbours;
// the type of a field decides how it is read, and what cannot be read is left out and
// reported as a [Note]. Every failure is an [*Error], which has one of a few classes.
//
// The client never retries, never follows a redirect and never caches an answer. It
// knows nothing of Prometheus: it reports each call to an [Observer]. It does not limit
// the rate; package budget does. Keys come from a [KeySource], such as a
// credentials.Provider; package signature signs.
package aliyun
