package api

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// jsonList writes an object with the array jobs, one batch on each line.
type jsonList struct {
	out     *bufio.Writer
	encoder *json.Encoder
	head    listHead
	written int
}

// listHead is what an answer begins with.
type listHead struct {
	Time        time.Time `json:"time"`
	Shard       int       `json:"shard"`
	TotalShards int       `json:"total_shards"`
	Watched     int       `json:"watched"`
	Found       int       `json:"found"`
}

func newJSONList(w io.Writer, selection pages.Selection, shard target.Shard, now time.Time) *jsonList {
	out := bufio.NewWriter(w)
	return &jsonList{out: out, encoder: json.NewEncoder(out), head: listHead{now.UTC(), shard.Number, shard.Total, selection.Watched, selection.Found}}
}

func (*jsonList) contentType() string { return "application/json" }

func (l *jsonList) begin() error {
	head, err := json.Marshal(l.head)
	if err != nil {
		return err
	}
	_, err = l.out.WriteString(string(head[:len(head)-1]) + ",\"jobs\":[\n")
	return err
}

func (l *jsonList) add(j job) error {
	if l.written++; l.written > 1 {
		if err := l.out.WriteByte(','); err != nil {
			return err
		}
	}
	return l.encoder.Encode(j)
}

func (l *jsonList) end() error {
	if _, err := l.out.WriteString("]}\n"); err != nil {
		return err
	}
	return l.out.Flush()
}
