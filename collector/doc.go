// Package collector decides when to ask for which update batch, keeps what
// the API said, and renders it for Prometheus.
//
// Data flows one way: targets → plan → lane → aliyun.Client → store →
// /metrics. A scrape reads the store and never costs an API call; a slow or
// failing API never delays a scrape.
package collector
