package server

import "context"

// Custom is a service of the maker's own.
type Custom struct {
	Access Access
	// SubFunctions are those that there are, if the first parameter of the service is a sub-function.
	SubFunctions map[byte]Access
	MinLength    int // of the request in bytes, the service included
	// Handle answers a request, which comes whole but without suppressPosRspMsgIndicationBit. It returns what follows the
	// response's service identifier.
	Handle func(ctx context.Context, c Call, request []byte) ([]byte, error)
}

func (s *Server) addCustom(t map[byte]service) {
	for sid, custom := range s.cfg.Custom {
		t[sid] = service{
			access: custom.Access, subs: custom.SubFunctions, least: custom.MinLength, handle: custom.Handle,
		}
	}
}
