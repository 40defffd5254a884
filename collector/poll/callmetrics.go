package poll

import (
	"errors"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// success is the result label of a call that was answered. The other values are the
// error classes.
const success = "success"

// callMetrics counts the calls to the API and the refreshes of credentials. It is safe
// for concurrent use.
type callMetrics struct {
	requests        *prometheus.CounterVec
	duration        *prometheus.HistogramVec
	refreshFailures *prometheus.CounterVec
	logger          log.Logger
	noted           sync.Map // set of [3]string: account, operation and field that were logged
}

func newCallMetrics(logger log.Logger) *callMetrics {
	return &callMetrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aliyun_iot_ota_exporter_api_requests_total",
			Help: "Calls to the API, by result: success, or the class of the error.",
		}, []string{"account", "operation", "result"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:                            "aliyun_iot_ota_exporter_api_request_duration_seconds",
			Help:                            "Time until the answer to a call was read, or the call failed.",
			Buckets:                         []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: time.Hour,
		}, []string{"account", "operation"}),
		refreshFailures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aliyun_iot_ota_exporter_credential_refresh_failures_total",
			Help: "Failed attempts to get credentials; the last good ones are used for a while.",
		}, []string{"account"}),
		logger: logger,
	}
}

// collectors are the metrics.
func (m *callMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.requests, m.duration, m.refreshFailures}
}

// expect creates the series of an account's operations: a rate over the first failure
// needs a zero before it.
func (m *callMetrics) expect(account string, operations []string) {
	for _, operation := range operations {
		m.duration.WithLabelValues(account, operation)
		m.requests.WithLabelValues(account, operation, success)
		for _, class := range aliyun.Classes {
			m.requests.WithLabelValues(account, operation, string(class))
		}
	}
}

// observe counts a call, and logs unexpected fields in its answer, each once.
func (m *callMetrics) observe(account string, c aliyun.Call) {
	result := success
	if failure, ok := errors.AsType[*aliyun.Error](c.Err); ok {
		result = string(failure.Class)
	}
	m.requests.WithLabelValues(account, c.Operation, result).Inc()
	m.duration.WithLabelValues(account, c.Operation).Observe(c.Duration.Seconds())
	for _, note := range c.Notes {
		if _, logged := m.noted.LoadOrStore([3]string{account, c.Operation, note.Field}, true); !logged {
			level.Warn(m.logger).Log("msg", "unexpected field in an answer; logged once",
				"account", account, "operation", c.Operation, "field", note.Field, "what", note.Text)
		}
	}
}

// refreshFailed returns a function that counts failures to get credentials for an
// account, and logs a failure that differs from the last one. The function is not safe
// for concurrent use.
func (m *callMetrics) refreshFailed(account string) func(error) {
	counter, last := m.refreshFailures.WithLabelValues(account), ""
	return func(err error) {
		counter.Inc()
		if text := err.Error(); text != last {
			last = text
			level.Warn(m.logger).Log("msg", "cannot get credentials; the last good ones, if any, are used for a while", "account", account, "err", err)
		}
	}
}

// forget drops the series of an account that is no longer configured.
func (m *callMetrics) forget(account string) {
	labels := prometheus.Labels{"account": account}
	m.requests.DeletePartialMatch(labels)
	m.duration.DeletePartialMatch(labels)
	m.refreshFailures.DeletePartialMatch(labels)
}
