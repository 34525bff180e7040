// Package catalogue holds the requirements that specs give evidence for, as versioned data.
//
// A spec names a requirement by a label: the use case's ids as they are (OTA-MAIN-1), clauses of a regulation or
// standard after its name and a slash (UN-R156/7.2.2.1.1, ISO-24089/8).
package catalogue
