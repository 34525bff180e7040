package image_test

import (
	"errors"
	"fmt"
	"strings"

	"otabench/ecu/image"
)

func Example() {
	const text = `:020000040801F1
:04000000626F6F7448
:03001000617070AC
:00000001FF
`
	m, err := image.Read("app.hex", []byte(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m)
	filled, err := m.Fill(0xFF)
	fmt.Println(filled.Size(), err)

	_, err = image.Read("app.hex", []byte(strings.Replace(text, "626F", "626E", 1)))
	var wrong *image.Error
	fmt.Println(errors.As(err, &wrong), wrong.Line, wrong.Column)
	// Output:
	// app.hex: 7 bytes at 0x8010000 to 0x8010012, 1 gaps
	// 19 <nil>
	// true 2 18
}

func ExampleImage_Align() {
	m, err := image.New(
		image.Segment{Address: 0x8004, Data: []byte("vectors")},
		image.Segment{Address: 0x8010, Data: []byte("code")},
		image.Segment{Address: 0x9000, Data: []byte("data")},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	pages, err := m.Align(32, 0xFF) // what the flash memory writes at once
	for _, s := range pages.Segments {
		fmt.Println(s, len(s.Data))
	}
	fmt.Println(pages.Gaps(), err)
	// Output:
	// 0x8000 to 0x801F 32
	// 0x9000 to 0x901F 32
	// [0x8020 to 0x8FFF] <nil>
}
