package catalogue_test

import (
	"fmt"

	"otabench/reports/catalogue"
)

func ExampleFind() {
	c, err := catalogue.Find("un-r156")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Ref(), c.Count(catalogue.Test), "by test,", c.Count(catalogue.Document), "by document")
	// Output: UN-R156@00 22 by test, 11 by document
}

func ExampleParse() {
	table := "id;expectation;observed_by\nCUST_1;boots its previous software;OTA-POST-4, UN-R156/7.2.2.1.1\n"
	c, err := catalogue.Parse("customer.csv", []byte(table), catalogue.Identity{ID: "CUST", Version: "3"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Ref(), c.Version, c.Requirements[0].Labels())
	// Output: CUST 3 [CUST_1 OTA-POST-4 UN-R156/7.2.2.1.1]
}
