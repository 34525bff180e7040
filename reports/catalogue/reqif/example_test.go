package reqif_test

import (
	"fmt"

	"otabench/reports/catalogue/reqif"
)

func ExampleParse() {
	doc, err := reqif.Parse([]byte(`<REQ-IF>
<ATTRIBUTE-DEFINITION-STRING IDENTIFIER="a1" LONG-NAME="ReqIF.Text"/>
<SPEC-OBJECT IDENTIFIER="o1"><VALUES>
<ATTRIBUTE-VALUE-STRING THE-VALUE="boots its previous software">
<DEFINITION><ATTRIBUTE-DEFINITION-STRING-REF>a1</ATTRIBUTE-DEFINITION-STRING-REF></DEFINITION>
</ATTRIBUTE-VALUE-STRING></VALUES></SPEC-OBJECT>
</REQ-IF>`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(doc.Objects[0].Values["ReqIF.Text"])
	// Output: boots its previous software
}
