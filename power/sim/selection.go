package sim

import (
	"fmt"
	"strconv"
)

// selectNumber selects a channel for the commands that do not name theirs.
func selectNumber(r *request) error {
	text, err := r.arg()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return errNumber
	}
	return r.supply.selectChannel(n)
}

func selectedNumber(r *request) (string, error) {
	return strconv.Itoa(r.supply.selection()), nil
}

// selectByName takes CH1 for 1.
func selectByName(r *request) error {
	if len(r.args) == 0 {
		return errMissing
	}
	ch, err := r.channel()
	if err != nil {
		return err
	}
	return r.supply.selectChannel(ch.number)
}

func selectedName(r *request) (string, error) {
	return fmt.Sprintf("CH%d", r.supply.selection()), nil
}
