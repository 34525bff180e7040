package scpi

import (
	"context"
	"fmt"
)

// behindMaster switches an output of an instrument that has a switch for each and a master switch for all of them. When
// the master is off, another output may stand selected from earlier on and would go on together with this one; so the
// others are deselected first. Nothing happens at their terminals by that, as the master is off.
func behindMaster(master, deselect string, channels int) func(context.Context, *channel, bool) error {
	return func(ctx context.Context, c *channel, on bool) error {
		if !on {
			return c.change(ctx, c.output.off, "")
		}
		live, err := c.flag(ctx, master)
		if err != nil {
			return err
		}
		for n := 1; n <= channels && !live; n++ {
			if n == c.n {
				continue
			}
			if err := c.supply.session.change(ctx, c.command(deselect, n, "")); err != nil {
				return fmt.Errorf("deselect output %d, which would go on too: %w", n, err)
			}
		}
		return c.change(ctx, c.output.on, "")
	}
}
