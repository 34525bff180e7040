package signal_test

import (
	"testing"

	einride "go.einride.tech/can"
	"go.einride.tech/can/pkg/descriptor"

	"otabench/can/signal"
)

// BenchmarkDecode turns a classic frame with six signals into physical values and texts; beside it the descriptors of
// einride's library do, with the same signals.
func BenchmarkDecode(b *testing.B) {
	m := message(b, "Engine")
	f := frame(b, "100#B80B82F93F050042")

	b.Run("otabench", func(b *testing.B) {
		values := make([]signal.Value, 0, len(m.Signals))
		b.ReportAllocs()
		for b.Loop() {
			var err error
			if values, err = m.Decode(values[:0], f.Payload()); err != nil {
				b.Fatal(err)
			}
		}
		reportFrames(b)
	})
	b.Run("einride", func(b *testing.B) {
		signals := descriptors(m)
		data := einride.Data(f.Data[:8])
		values := make([]einrideValue, 0, len(signals))
		b.ReportAllocs()
		for b.Loop() {
			values = values[:0]
			for _, s := range signals {
				text, _ := s.UnmarshalValueDescription(data)
				values = append(values, einrideValue{s, s.UnmarshalPhysical(data), text})
			}
		}
		reportFrames(b)
	})
}

type einrideValue struct {
	signal   *descriptor.Signal
	physical float64
	text     string
}

// descriptors says to einride's library what m says.
func descriptors(m *signal.Message) (all []*descriptor.Signal) {
	for _, s := range m.Signals {
		d := &descriptor.Signal{
			Name: s.Name, Start: uint8(s.Start), Length: uint8(s.Length), IsBigEndian: s.Order == signal.Motorola,
			IsSigned: s.Type == signal.Signed, Offset: s.Offset, Scale: s.Factor, Min: s.Min, Max: s.Max, Unit: s.Unit,
		}
		for _, l := range s.Labels {
			d.ValueDescriptions = append(d.ValueDescriptions, &descriptor.ValueDescription{
				Value: int64(l.Raw), Description: l.Text,
			})
		}
		all = append(all, d)
	}
	return all
}

func reportFrames(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}

// BenchmarkDecodeFD decodes 64 bytes with signals that cross nine of them.
func BenchmarkDecodeFD(b *testing.B) {
	m := message(b, "Cells")
	data := make([]byte, 64)
	values := make([]signal.Value, 0, len(m.Signals))
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if values, err = m.Decode(values[:0], data); err != nil {
			b.Fatal(err)
		}
	}
	reportFrames(b)
}

// BenchmarkEncode makes a frame of a content in which one signal changes.
func BenchmarkEncode(b *testing.B) {
	c := message(b, "Engine").NewContent()
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Set("Speed", signal.Physical(750)); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Frame(); err != nil {
			b.Fatal(err)
		}
	}
	reportFrames(b)
}
