// Package pdf writes the report of a run as a PDF, for those who file it: what ISO/IEC 17025:2017, 7.8, asks of a test
// report, the conformity by catalogue, the measurements, and each spec.
//
// It is made without a browser and without a network: fonts are embedded, text can be selected and searched, curves are
// vectors. The same run gives the same bytes. What the record does not know is printed as not stated.
//
//	run, err := reports.Load("runs/2026-03-02")
//	if err != nil {
//		return err
//	}
//	err = pdf.Write(file, run, time.Now())
package pdf
