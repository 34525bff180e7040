// Package catalogue holds the requirements that specs give evidence for, as versioned data.
//
// A catalogue is a list of requirements with an id, an edition of its source and a version of its own. Those of the
// regulation, the standards and the use case are part of otabench: [Default] and [Find] return them. A customer's own is
// a file that [Parse] reads: YAML, CSV or ReqIF.
//
// A spec names a requirement by a label: the use case's ids as they are (OTA-MAIN-1), clauses of a regulation or
// standard after its name and a slash (UN-R156/7.2.2.1.1, ISO-24089/8). A customer's requirement says which labels observe
// it, so that no spec has to know the customer:
//
//	id: CUST
//	title: Update of the body controller
//	version: "3"
//	requirements:
//	  - id: CUST_SWU_001
//	    expectation: the controller boots its previous software after a loss of power
//	    observed_by: [OTA-POST-4, UN-R156/7.2.2.1.1]
//	  - id: CUST_SWU_002
//	    expectation: the supplier holds a certificate of its management system
//	    scope: document
//	    reason: shown by the certificate
//
// A requirement whose scope is a document is no business of a bench: reports list it apart, with the reason, and never as
// passed.
package catalogue
