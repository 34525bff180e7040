// Package manifest lists the files of a run folder by path, size and SHA-256, and says what differs from such a list later.
//
// The folder is as hostile as a stranger can make it: links, pipes, devices, names that two systems read differently, and more
// or larger files than anybody waits for are named and never followed, opened or read to their end.
//
//	files, err := manifest.Of(ctx, root)
//	problems, err := manifest.Check(ctx, root, files)
package manifest
