package picture_test

import (
	"bytes"
	"fmt"

	"otabench/power/profile"
	"otabench/power/profile/picture"
)

func Example() {
	p, err := profile.Named("iso16750-2-momentary-drop")
	if err != nil {
		fmt.Println(err)
		return
	}
	curve, err := p.Compile(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	err = picture.Write(&file, picture.SVG, picture.Of(curve, 0, curve.Cycle()))
	fmt.Println(bytes.HasPrefix(file.Bytes(), []byte("<?xml")), err)
	// Output: true <nil>
}
