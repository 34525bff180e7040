// Package plugin runs a maker's own program where a description cannot say what an ECU wants: keys for security access,
// and encryption of what is transferred.
//
// A program is started for each call. It reads one JSON object from its standard input, writes one JSON object to its
// standard output and exits with status 0:
//
//	{"protocol":"otabench/1","operation":"key","ecu":"bcm","level":17,"seed":"a1b2c3d4","secret":"00112233"}
//	{"key":"5e6f7a8b"}
//
//	{"protocol":"otabench/1","operation":"transform","ecu":"bcm","block":"application","address":32768,"data":"..."}
//	{"data":"..."}
//
// Seeds, keys and secrets are hexadecimal digits, data is base64. "secret" is there if the description names one. Fields
// that a program does not know are for later versions, and it ignores them; unknown fields in its answer are refused. A
// program that cannot answer writes {"error":"why"}, or exits with another status and says why on its standard error.
//
// A secret reaches a program through its input alone: neither its arguments nor its environment have it, and what a
// program writes to its standard error appears in errors without it.
package plugin
