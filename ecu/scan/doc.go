// Package scan finds out what an unknown ECU has: sessions, services, data identifiers, routines and trouble codes.
//
// It is gentle. A service is known by its answer to a request that is too short to be carried out; identifiers are read;
// routines are known by their answer to a question for results, which starts nothing. The programming session is left
// alone, seeds are not asked for, and there is a pause between two requests, unless [Options] say otherwise. Each session
// is left for the default session.
//
// What an ECU answers to numbers that hardly exist is learned first, so that an ECU that refuses everything in the same
// way is not taken for one that has everything.
//
//	report, err := scan.Run(ctx, unit.Client(), scan.Options{})
//	first := report.Describe(description.ECU{Address: address})
//
// [Report.Describe] makes a first description of the report: a draft to be completed by hand, with what is missing in its
// notes.
package scan
