package signal_test

import (
	"fmt"
	"strings"

	"otabench/can"
	"otabench/can/signal"
)

const dbc = `VERSION ""
BU_: TCM Cluster
BO_ 291 Gearbox: 4 TCM
 SG_ Gear : 0|4@1+ (1,0) [0|8] "" Cluster
 SG_ OilTemp : 8|8@1+ (0.5,-40) [-40|80] "degC" Cluster
 SG_ OutputSpeed : 23|16@0+ (0.25,0) [0|8000] "rpm" Cluster
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;
BA_ "GenMsgCycleTime" BO_ 291 20;
VAL_ 291 Gear 0 "Neutral" 8 "Reverse" ;
`

// Read a DBC file, decode a frame and encode one.
func Example() {
	db, err := signal.ReadDBC("gearbox.dbc", strings.NewReader(dbc))
	if err != nil {
		fmt.Println(err)
		return
	}
	m, values, err := db.Decode(nil, can.New(0x123, 8, 0xFF, 0x0F, 0xA0))
	fmt.Println(m.Name, m.Cycle, err)
	for _, v := range values {
		fmt.Println(v)
	}

	f, err := m.Encode(map[string]signal.Input{"Gear": signal.Text("Reverse"), "OilTemp": signal.Physical(21.7)})
	fmt.Println(f, err)
	_, err = m.Encode(map[string]signal.Input{"OilTemp": signal.Physical(150)})
	fmt.Println(err)
	// Output:
	// Gearbox 20ms <nil>
	// Gear = 8 (Reverse)
	// OilTemp = 87.5 degC out of range
	// OutputSpeed = 1000 rpm
	// 123#087B0000 <nil>
	// message Gearbox: signal OilTemp: value is not accepted: 150, only -40 to 80 degC in steps of 0.5
}
