// Package virtual is a CAN bus inside one process: a wire to which simulated nodes attach.
//
// A [Bus] is the wire. [Bus.Attach] gives a [Node], which is a [can.Bus]. Whenever the wire is idle, the pending frame
// with the highest priority wins over all nodes; each node offers its own frames in the order of their Send calls, as a
// controller behind a queue does. With a bit rate in [Options] each frame takes the time that its bits take; without,
// frames follow each other at once. Every node hears a frame at the same instant, the sender too, and nodes are served
// in the order in which they were attached.
//
// The wire also fails as wires do: connectors are pulled ([Node.Detach]), the wires touch ([Bus.Short]), frames are
// lost, held back or destroyed ([Bus.Inject]), and controllers go error-passive and bus-off by the counters of
// ISO 11898-1:2015, 12.1.4.
package virtual
