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

const selfNamespace = "aliyun_iot_ota_exporter"

// success is the result label of a call that was answered; the others are the
// error classes.
const success = "success"

// CallMetrics counts the calls to the API and the refreshes of credentials.
// Safe for concurrent use.
type CallMetrics struct {
	requests        *prometheus.CounterVec
	duration        *prometheus.HistogramVec
	refreshFailures *prometheus.CounterVec
	logger          log.Logger
	noted           sync.Map // (account, operation, field) that were logged already
}

// NewCallMetrics registers them.
func NewCallMetrics(r prometheus.Registerer, logger log.Logger) *CallMetrics {
	m := &CallMetrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: selfNamespace, Name: "api_requests_total",
			Help: "Calls to the API by their result: success, or the class of the error.",
		}, []string{"account", "operation", "result"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: selfNamespace, Name: "api_request_duration_seconds",
			Help:                            "Time until a call to the API had its whole answer, or failed.",
			Buckets:                         []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: time.Hour,
		}, []string{"account", "operation"}),
		refreshFailures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: selfNamespace, Name: "credential_refresh_failures_total",
			Help: "Attempts to get credentials that failed; the last good ones are used for a while.",
		}, []string{"account"}),
		logger: logger,
	}
	r.MustRegister(m.requests, m.duration, m.refreshFailures)
	return m
}

// expect lets the series of an account's operations exist from now on: a rate
// over the first failure needs a zero before it.
func (m *CallMetrics) expect(account string, operations []string) {
	for _, operation := range operations {
		m.duration.WithLabelValues(account, operation)
		m.requests.WithLabelValues(account, operation, success)
		for _, class := range aliyun.Classes {
			m.requests.WithLabelValues(account, operation, string(class))
		}
	}
}

// Observer returns a function that counts the calls of one account.
func (m *CallMetrics) Observer(account string) aliyun.Observer {
	return func(c aliyun.Call) { m.observe(account, c) }
}

// observe counts a call, and logs what was odd in its answer, each kind once.
func (m *CallMetrics) observe(account string, c aliyun.Call) {
	result := success
	if failure, ok := errors.AsType[*aliyun.Error](c.Err); ok {
		result = string(failure.Class)
	}
	m.requests.WithLabelValues(account, c.Operation, result).Inc()
	m.duration.WithLabelValues(account, c.Operation).Observe(c.Duration.Seconds())
	for _, note := range c.Notes {
		if _, logged := m.noted.LoadOrStore([3]string{account, c.Operation, note.Field}, true); !logged {
			level.Warn(m.logger).Log("msg", "the API sent an odd field; not logged again",
				"account", account, "operation", c.Operation, "field", note.Field, "what", note.Text)
		}
	}
}

// RefreshFailed counts the failures to get credentials for an account, and logs
// one when it is another than the last. The function is called once at a time.
func (m *CallMetrics) RefreshFailed(account string) func(error) {
	counter, last := m.refreshFailures.WithLabelValues(account), ""
	return func(err error) {
		counter.Inc()
		if text := err.Error(); text != last {
			last = text
			level.Warn(m.logger).Log("msg", "getting credentials fails; the last good ones are used for a while", "account", account, "err", err)
		}
	}
}

// forget drops the series of an account that is no longer configured.
func (m *CallMetrics) forget(account string) {
	labels := prometheus.Labels{"account": account}
	m.requests.DeletePartialMatch(labels)
	m.duration.DeletePartialMatch(labels)
	m.refreshFailures.DeletePartialMatch(labels)
}
