package profile_test

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

func Example() {
	p, err := profile.Named("iso16750-2-momentary-drop")
	if err != nil {
		fmt.Println(err)
		return
	}
	curve, err := p.Compile(map[string]physic.ElectricPotential{"Usmin": 8 * physic.Volt})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range curve.Segments {
		fmt.Printf("%-6s %v\n", s.Name, s)
	}
	v, _ := curve.At(1050 * time.Millisecond)
	fmt.Println(v)
	// Output:
	// before 8V for 1s
	// fall   8V to 4.500V within 10ms
	// drop   4.500V for 100ms
	// rise   4.500V to 8V within 10ms
	// after  8V for 1s
	// 4.500V
}
