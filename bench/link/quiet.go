package link

import (
	"github.com/rs/zerolog"
	"github.com/rs/zerolog/log"
)

// The bandwidth toxic writes to zerolog's global logger, which is standard error, whenever the shape changes. Nothing
// else here logs with zerolog.
func init() { log.Logger = zerolog.Nop() }
