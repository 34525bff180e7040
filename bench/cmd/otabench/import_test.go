package main

import (
	"archive/zip"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// pdx makes an archive of the documents that describe the embedded bench's ECU:
//
//	pdx FILE
func pdx(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: pdx FILE")
	}
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close()
	z := zip.NewWriter(file)
	ts.Check(z.AddFS(os.DirFS(filepath.Join(packageDir, "../../../ecu/odx/testdata/bcm"))))
	ts.Check(z.Close())
}

// packageDir is where the package's sources are; scripts run elsewhere.
var packageDir = workingDir()

func workingDir() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}
