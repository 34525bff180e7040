// Package description is what a tester must know of one kind of ECU: its addresses, sessions, unlock, identifiers,
// routines and the order in which it is reprogrammed. Everything that differs by maker stands here and nowhere in code.
package description
