// Package auth proves a tester to an ECU with certificates, and the ECU to the tester, by the service Authentication
// (ISO 14229-1:2020, 10.6, authentication with PKI certificate exchange).
//
//	result, err := auth.Bidirectional(ctx, client, auth.Options{
//		Certificates: [][]byte{tester, workshop}, // DER, the tester's own first
//		Key:          key,                        // any crypto.Signer: a file, a token, a server
//		Roots:        roots,
//	})
//
// # What is sent
//
// The certificates of one side are sent as one parameter: X.509 in DER, the own one first, then those of the authorities
// up to, but without, the root. Challenges are 32 random bytes.
//
// # What is signed
//
// A proof of ownership is a signature over a token. The standard wants the token to contain the other side's challenge
// and, if keys are agreed on, one's own ephemeral public key; the rest is the maker's. Here the token is the challenge
// as it was received, and behind it the own ephemeral public key as it is sent, if there is one:
//
//	proofOfOwnershipClient = sign(challengeServer || ephemeralPublicKeyClient)
//	proofOfOwnershipServer = sign(challengeClient || ephemeralPublicKeyServer)
//
// [Options.Token] replaces that for makers who sign something else. Since the server chooses what is signed, the key
// should serve for nothing but authentication.
//
// The signature is made by the kind of the key: ECDSA on P-256 over SHA-256, in ASN.1 DER; Ed25519 over the token
// itself; RSA-PSS with SHA-256 and a salt of 32 bytes.
//
// # What is verified
//
// The server's certificate has to lead to one of [Options.Roots], with the certificates that the server sends as
// intermediate ones, all of them valid at [Options.Time], and to allow one of [Options.Usages]. A certificate without
// extended key usage allows all of them (RFC 5280, 4.2.1.12); one with a key usage has to allow digitalSignature. The
// server's proof is verified before the client's own is sent.
//
// # Session keys
//
// With [Options.Curve] both sides send ephemeral keys, and [Result.Secret] is what ECDH makes of them: the shared x
// coordinate. How keys come of it is the maker's. Elliptic points are sent uncompressed, X25519 keys as they are.
package auth
