// Package transcript puts a CAN trace into words: which frame belongs to which diagnostic message (ISO 15765-2), what the
// message says (ISO 14229-1), and what the signals of other frames are (DBC).
//
//	t := transcript.New(transcript.Options{})
//	for {
//		record, err := src.Next()
//		...
//		fmt.Println(record.Frame, t.Explain(record))
//	}
//
// It listens only, so what it says of a message whose beginning is not in the trace is that it does not know.
package transcript
