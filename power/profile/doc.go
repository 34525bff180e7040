// Package profile describes what a supply voltage does over time, and judges whether a bench can make it and has made
// it.
//
// A profile is a small YAML text:
//
//	name: momentary-drop
//	tolerance: {below: 200mV, time: 5%}
//	parameters:
//	  Usmin: {default: 9V, about: lowest supply voltage of the unit}
//	start: Usmin
//	steps:
//	  - {to: 4.5V, within: 10ms, hold: 100ms, name: drop}
//	  - {to: Usmin, within: 10ms, hold: 1s, name: recovery}
//
// [Parse] reads it and says of each mistake where it stands; [Profile.Compile] puts the unit's parameters in and makes
// a [Curve], the voltage at every instant. [Named] has the profiles of ISO 16750-2 and LV 124, and [ReadCSV] makes a
// curve of a recording.
//
// [NewPlan] decides how a rail with a certain [Capability] can make the curve, and says before the run, part by part:
// met, approximated by how much, impossible. A [Player] carries the plan out. A [Comparison] is told what was measured
// at the terminals and says the same after the run; what was not measured it does not call met. A verdict that rests
// on a stimulus which [Verdict.Void] rejects is void.
//
// A step goes to a level (to) in an exact time (in), in at most a time (within), at a rate (rate: 0.5V/min) or at
// once, and then stays (hold), with ripple if wanted (ripple: {peak_to_peak: 2V, frequency: 2Hz, begin: low}). It may
// instead interrupt the line (cut: 10ms), wait for an event of the test procedure (await: crank), or hold further
// steps: repeat: 10 with steps, or for: {low: {from: UB - 0.5V, to: 6V, by: 0.5V}} with steps in which low is a
// parameter. Levels and times are sums such as "95% Usmin - 20mV".
package profile
