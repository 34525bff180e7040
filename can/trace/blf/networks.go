package blf

import (
	"encoding/xml"
	"strings"
)

// Texts of newer versions of CANoe about a measurement come in pieces of XML. Each piece says in 24 bits how much is
// left with it, and in 8 bits what the whole is about.
const (
	metaChannels = 2
	maxMeta      = 1 << 20 // bytes of one text
)

// networks reads a piece of the text about channels, which is understood when it is whole:
//
//	<channels version="1"><channel number="1" type="CAN" network="powertrain">...</channel>...</channels>
//
// What is no such text is passed over: a trace without names is better than none.
func (r *Reader) networks(about uint32, piece string) {
	left := int(about & 0xFFFFFF)
	if about>>24 != metaChannels || len(r.meta)+len(piece) > maxMeta {
		r.meta = ""
		r.losses.Add(otherObjects, 1)
		return
	}
	r.meta += piece
	if left > len(piece) {
		return
	}
	text := r.meta
	r.meta = ""
	var channels struct {
		List []struct {
			Number  int    `xml:"number,attr"`
			Type    string `xml:"type,attr"`
			Network string `xml:"network,attr"`
		} `xml:"channel"`
	}
	if err := xml.Unmarshal([]byte(strings.TrimRight(text, "\x00")), &channels); err != nil {
		r.losses.Add(otherObjects, 1)
		return
	}
	for _, channel := range channels.List {
		if channel.Type == "CAN" {
			r.channels.name(channel.Number, channel.Network)
		}
	}
}
