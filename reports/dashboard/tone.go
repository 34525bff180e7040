package dashboard

import "otabench/ecu/ota"

// tone is the colour of a state, which its icon says too.
type tone string

const (
	calm tone = "calm" // nothing is asked
	info tone = "info" // something goes on, or is asked
	good tone = "good"
	warn tone = "warn"
	bad  tone = "bad"
)

// look is how a state is drawn: an outline in a square of 24 units.
type look struct {
	tone tone
	icon string
}

// Outlines that several states share.
const (
	check = "M6,12.5L10.5,17L18.5,7.5"
	alert = "M12,3.5L22,20.5H2ZM12,10V14.5M12,17.2V17.8"
	arrow = "M12,3.5V14.5M7,10L12,15L17,10M4.5,20H19.5"
)

var looks = map[ota.State]look{
	ota.Idle:        {calm, check},
	ota.Offered:     {info, arrow},
	ota.Downloading: {info, arrow},
	ota.Verifying:   {info, "M12,3L20,6V11.5C20,16 16.5,19.5 12,21C7.5,19.5 4,16 4,11.5V6ZM8.5,12L11,14.5L15.5,9.5"},
	ota.Ready:       {good, "M4,8L12,4L20,8V16.5L12,20.5L4,16.5ZM4,8L12,12L20,8M12,12V20.5"},
	ota.Scheduled:   {info, "M12,3.5A8.5,8.5 0 1 1 11.9,3.5ZM12,7.5V12L15.5,14"},
	ota.Confirming:  {info, "M8.5,9A3.5,3.5 0 1 1 12.8,12.4Q12,12.8 12,14.5M12,17.8V18.4"},
	ota.Installing:  {info, "M19.5,12A7.5,7.5 0 1 1 16.5,6M17,2.5V6.5H13"},
	ota.Activating:  {info, "M7.5,6.5A7.5,7.5 0 1 0 16.5,6.5M12,3V11"},
	ota.Succeeded:   {good, check},
	ota.Paused:      {warn, alert},
	ota.Reverting:   {warn, "M4.5,12A7.5,7.5 0 1 0 7.5,6M7,2.5V6.5H11"},
	ota.Failed:      {bad, "M8,3H16L21,8V16L16,21H8L3,16V8ZM9,9L15,15M15,9L9,15"},
	ota.Withdrawn:   {calm, "M12,3.5A8.5,8.5 0 1 1 11.9,3.5ZM7.5,12H16.5"},
}

// lookOf draws a state that is not known as one to beware of.
func lookOf(state string) look {
	if l, ok := looks[ota.State(state)]; ok {
		return l
	}
	return look{warn, alert}
}

// car is the outline of a vehicle from its side in a square of 24 units.
const car = "M2.5,16V12.5L6,11.5L9,7.5H15L18.5,11.5L21.5,12.5V16H19.5M15.5,16H8.5M4.5,16H2.5M4.5,16A2,2 0 1 0 8.5,16A2,2 0 1 0 4.5,16M15.5,16A2,2 0 1 0 19.5,16A2,2 0 1 0 15.5,16"

// slash crosses an outline out.
const slash = "M4,21L20,4"
