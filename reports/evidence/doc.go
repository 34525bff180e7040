// Package evidence seals run folders, so that a stranger can tell years later that nothing was changed, and by whom a run is
// vouched for.
//
// Seal lists every file of a folder with its SHA-256 and signs that list together with what the run came to: devices and
// their calibration, each measurement with its limits, the verdict of each spec and of each clause. Verify needs nothing but
// the folder. It names each file that was altered, that is missing or that was added, derives the verdicts again and names
// each value that the record has otherwise than the statement.
//
// # Files
//
// evidence.dsse.json is the statement of package statement, an in-toto Statement in a DSSE envelope; test-result.dsse.json is
// another one for tools that know only in-toto's test results; evidence.tsr is a time-stamp (RFC 3161), if there is one. All
// other files are listed.
//
// # What is proven, and what is not
//
// A signature shows that who has the key vouched for the folder as it is. Whose key it is, the verifier knows from elsewhere;
// a name in the folder proves nothing. Without such a key, and always for a key that was made for one run alone, the origin is
// not proven: whoever can write the folder could have sealed it again. Who takes away a reviewer's signature, or a time-stamp,
// leaves no trace: demand the number of signatures that there have to be. A chain shows that no run between two was left
// out, once its last run is known.
//
// # Without otabench
//
// The payload of an envelope is base64 in JSON, and what is signed is DSSE's encoding of it. With jq and openssl (3.0 or
// later), in a run folder:
//
//	jq -r .payload evidence.dsse.json | base64 -d > payload.json
//	jq -r .predicate.signer.publicKey payload.json > signer.pem      # better: the key that you have from elsewhere
//	jq -r .signatures[0].sig evidence.dsse.json | base64 -d > signature
//	{ printf 'DSSEv1 28 application/vnd.in-toto+json %d ' $(stat -c %s payload.json); cat payload.json; } > signed
//	openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in signed -sigfile signature
//	jq -r '.predicate.manifest[] | .sha256 + "  " + .path' payload.json | sha256sum -c
//	openssl ts -verify -in evidence.tsr -data evidence.dsse.json -CAfile authority.pem
package evidence
