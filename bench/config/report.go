package config

// Report is what the laboratory states in reports, and no instrument can know. All of it is optional, and what is left out is
// reported as not stated.
type Report struct {
	Customer      string `yaml:"customer,omitempty" jsonschema:"description=name of the customer"`
	Contact       string `yaml:"contact,omitempty" jsonschema:"description=how the customer is reached"`
	Order         string `yaml:"order,omitempty" jsonschema:"description=number of the order"`
	Address       string `yaml:"address,omitempty" jsonschema:"description=address of the laboratory"`
	Accreditation string `yaml:"accreditation,omitempty" jsonschema:"description=number of the laboratory's accreditation and the body that granted it"`
	Method        string `yaml:"method,omitempty" jsonschema:"description=test method with its issue"`
	Exceptions    string `yaml:"exceptions,omitempty" jsonschema:"description=additions to and deviations and exclusions from the method"`
	Sampling      string `yaml:"sampling,omitempty" jsonschema:"description=how the items under test were chosen and by whom"`
	Condition     string `yaml:"item_condition,omitempty" jsonschema:"description=condition of the items under test when they were received"`
	Received      Date   `yaml:"received,omitempty" jsonschema:"description=day on which the items under test were received such as 2026-03-01"`
	External      string `yaml:"external,omitempty" jsonschema:"description=which results external providers contributed"`

	Environment  Environment `yaml:"environment,omitempty" jsonschema:"description=environment of the test"`
	AuthorisedBy Person      `yaml:"authorised_by,omitempty" jsonschema:"description=who authorises the report"`
}

// Environment is what the laboratory states about the place and time of the test.
type Environment struct {
	Temperature string `yaml:"temperature,omitempty" jsonschema:"description=temperature such as 23 °C ± 2 K"`
	Humidity    string `yaml:"humidity,omitempty" jsonschema:"description=relative humidity such as 45 % ± 10 %"`
	Remarks     string `yaml:"remarks,omitempty" jsonschema:"description=what else of the environment bears on the results"`
}

// Person is somebody who answers for something.
type Person struct {
	Name string `yaml:"name,omitempty" jsonschema:"description=name in full"`
	Role string `yaml:"role,omitempty" jsonschema:"description=role in the laboratory"`
}
