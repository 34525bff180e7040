// Package sweep interrupts an update at every point there is, and says what became of the unit each time.
//
// A [Point] is a procedure that the tester carries out, an [Offset] in it and a [Fault] that happens there. A
// [Survey] carries each procedure out undisturbed and lists the offsets: every frame of the unit's connection, and
// every operation of its flash where the unit is a simulated one that tells. [Try] carries a procedure out on an open
// bench, disturbs it at one point, and ends with a complete reflash, so that a [Result] says both what was left and
// whether it could be mended.
//
// [Exhaustive] tries every point on benches of their own, as simulated benches allow. [Boundaries] is for hardware: it
// tries the ends of all messages on one bench and then searches between neighbours that ended differently.
package sweep
