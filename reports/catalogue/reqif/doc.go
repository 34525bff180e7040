// Package reqif reads requirements from ReqIF documents (OMG Requirements Interchange Format 1.2) and archives of them.
//
// It reads what a catalogue of requirements needs: the objects in the order of the specifications' hierarchy, each with its
// attributes by name, formatted text as plain text. Links, access rights and tool extensions are left alone.
//
//	doc, err := reqif.Parse(text)
//	for _, o := range doc.Objects {
//		fmt.Println(o.Values["ReqIF.ForeignID"], o.Values["ReqIF.Text"])
//	}
//
// A document may come from anywhere: its size, its depth and what an archive unpacks to are bounded, and nothing that it
// refers to is opened.
package reqif
