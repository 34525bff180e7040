// Package statement puts what is said of a run on paper: in-toto Statements (version 1) in DSSE envelopes, signed with Ed25519.
//
// There are two of them, each in an envelope of its own, so that any tool that knows DSSE reads either. [Own] has a predicate
// of otabench's: the manifest of the run folder, what was measured and concluded, and who signed. [TestResult] has the
// predicate https://in-toto.io/attestation/test-result/v0.1 for tools that know no other.
//
// A reader that forgives is a reader that can be deceived: an envelope and its payload are read only if writing them again
// gives the same bytes. So no byte can be altered that a signature does not cover, and no key or value stands there twice or
// in other letters.
//
//	envelope, err := statement.Seal(payload, k)
//	payload, err := envelope.Payload()
//	own, err := statement.Parse(payload)
package statement
