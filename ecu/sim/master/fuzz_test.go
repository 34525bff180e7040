package master

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
	"otabench/ecu/ota/dashboard"
)

// What a stolen key signs may be refused, or be shown to the user; it is never fatal and never the master's own file.
func FuzzCampaign(f *testing.F) {
	raw, err := json.Marshal(offered())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, int64(4096))
	f.Add([]byte(`{"campaign":"c","version":"1","members":[{"ecu":"vcu","target":".record","requires":["","x y z"]}]}`), int64(1))
	f.Add([]byte(`{"campaign":"c","version":"1","download_ns":9223372036854775807,"purpose":"\u0000\ud800"}`), int64(-1))
	f.Fuzz(func(t *testing.T, raw []byte, length int64) {
		var c cloud.Campaign
		if json.Unmarshal(raw, &c) != nil {
			return
		}
		o := &offer{campaign: &c}
		for _, m := range c.Members {
			o.targets = append(o.targets, target{m.Target, length, strings.Repeat("0", 64)})
		}
		if bounded(o) != nil {
			return
		}
		l := newLife(t, nil)
		l.fits(&c)
		l.take(o)
		for _, target := range o.targets {
			if own(target.Path) || strings.Contains(target.Path, "..") {
				t.Errorf("path %q", target.Path)
			}
		}
		l.room()
		for _, s := range ota.States {
			l.rec.State = s
			v := l.compose()
			_ = l.screen.status(v, 0)
			if n := len(textFrames(v)); n > 11*maxSegments {
				t.Errorf("%d frames of text", n)
			}
		}
	})
}

// Whatever stands in the record, the master starts and shows something, and can write the record down again.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"state":"failed","campaign":{"campaign":"c","members":[{}]},"targets":[{"path":"p","length":-3}],"next":"9999-12-31T23:59:59Z"}`))
	f.Add([]byte(`{"state":"paused","resume":"idle","software":[{"ecu":"a"}],"good":null,"mixed":true}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l := newLife(t, nil)
		l.storage.replace(recordFile, raw)
		l.rec = l.load()
		l.remember()
		l.count()
		l.show()
		v, revision, _, _ := l.screen.now()
		_ = l.screen.status(v, revision)
		_ = textFrames(v)
		l.save()
	})
}

// The bus says what it likes.
func FuzzBus(f *testing.F) {
	f.Add(uint32(1456), []byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Add(uint32(978), []byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Add(uint32(992), []byte{0})
	f.Fuzz(func(t *testing.T, id uint32, data []byte) {
		if id > can.MaxStandardID || len(data) > 8 {
			return
		}
		m, values, err := dashboard.Vehicle().Decode(nil, can.New(id, data...))
		if err != nil {
			return
		}
		l := newLife(t, nil)
		if a, ok := l.senses.touch(map[int]string{1: "owner"}, values); ok {
			l.wish(a)
			l.rec.At = a.At
		}
		l.senses.take(m.Name, values)
		l.clock.set(l.senses.networkTime())
		for _, cause := range []ota.Cause{l.energy(), l.parked()} {
			if cause != "" && l.reason(cause) == "" {
				t.Errorf("cause %q", cause)
			}
		}
		if now, known := l.clock.now(); known && now.Before(time.Unix(0, 0)) {
			t.Errorf("the time is %v", now)
		}
		l.save()
	})
}

// Of what users do, only what makes sense is taken.
func TestWish(t *testing.T) {
	l := newLife(t, nil)
	for _, a := range []ota.Action{
		{Do: "explode", User: "owner"}, {User: "owner"}, {Do: ota.Confirm, User: strings.Repeat("x", 65)}, {Do: ota.Download, User: "owner"},
	} {
		l.wish(a)
	}
	if len(l.actions) != 1 || (<-l.actions).Do != ota.Download {
		t.Error("something else was taken than the download")
	}
	for range 100 {
		l.wish(ota.Action{Do: ota.Later}) // nobody listens: it does not block
	}
}
