package server

import "otabench/ecu/uds"

// giveChallenge is requestChallengeForAuthentication (10.6).
func (s *Server) giveChallenge(req []byte) ([]byte, error) {
	if len(req) != configurationHeader+algorithmLength {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	algorithm := uds.Algorithm(req[configurationHeader:])
	tester, known := s.cfg.Authentication.Keys[algorithm]
	if !known || req[2] != 0 {
		return nil, uds.RequestOutOfRange
	}
	answer := append(append(req[1:2:2], byte(uds.AuthRequestAccepted)), algorithm[:]...)
	answer = appendField(answer, s.challenged(dialogue{
		task: verifyProofOfOwnership, key: tester.Key, roles: tester.Roles, algorithm: algorithm,
	}))
	return appendField(answer, nil), nil // no additional parameters
}

// proveKey is verifyProofOfOwnershipUnidirectional and -Bidirectional: the signature of the challenge by the tester's
// key, and then of the tester's challenge by the server's.
func (s *Server) proveKey(req []byte) ([]byte, error) {
	if s.dialogue.task != verifyProofOfOwnership {
		return nil, uds.RequestSequenceError
	}
	b := fields{rest: req[authenticationHeader:]}
	algorithm, proof, challenge, additional := b.take(algorithmLength), b.field(), b.field(), b.field()
	both := req[1] == verifyProofOfOwnershipBoth
	if b.wrong() || len(proof) == 0 || both && len(challenge) == 0 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if uds.Algorithm(algorithm) != s.dialogue.algorithm || len(additional) > 0 {
		return nil, uds.RequestOutOfRange
	}
	if err := s.proven(proof); err != nil {
		return nil, err
	}
	answer := append(append(req[1:2:2], byte(uds.AuthComplete)), algorithm...)
	if both {
		own, err := s.prove(challenge)
		if err != nil {
			s.deauthenticate()
			return nil, err
		}
		answer = appendField(answer, own)
	}
	return appendField(answer, nil), nil // no session key
}
