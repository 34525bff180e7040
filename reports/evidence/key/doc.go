// Package key holds the Ed25519 keys that run folders are signed with.
//
// A private key lies in NAME.pem (PKCS #8), readable by its owner alone; the public one lies beside it in NAME.pub.pem (PKIX),
// below a line "# NAME". Both are what openssl reads and writes. Who verifies gathers the public keys that he trusts in a
// [Ring]; the names in it are his own, and no name that stands in a run folder counts.
//
//	k, err := key.New("rack-3")
//	if err != nil {
//		return err
//	}
//	private, public, err := k.Write("keys")
package key
