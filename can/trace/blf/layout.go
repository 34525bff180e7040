package blf

import "encoding/binary"

// All numbers are little-endian.
var order = binary.LittleEndian

// Marks of a file and of each object in it.
const (
	fileMark   = "LOGG"
	objectMark = "LOBJ"
)

// Sizes of heads in bytes.
const (
	fileHeadLen      = 144
	baseHeadLen      = 16 // of any object
	eventHeadLen     = 32 // of an object with a time stamp
	event2HeadLen    = 40 // the same in version 2
	containerHeadLen = 32 // a base head, and how the data are packed
)

// Types of objects.
const (
	typeMessage      = 1
	typeError        = 2
	typeContainer    = 10
	typeAppText      = 65
	typeErrorExt     = 73
	typeMessage2     = 86
	typeOverrun      = 91
	typeEventComment = 92
	typeGlobalMarker = 96
	typeFDMessage    = 100
	typeFDMessage64  = 101
	typeFDError64    = 104
	typeRestorePoint = 115 // an index of the file, which says nothing of the buses
)

// Units of time stamps.
const (
	unit10us = 1
	unit1ns  = 2
)

// idExtended marks an identifier of 29 bits.
const idExtended = 1 << 31

// Directions. A request is not on the wire yet.
const (
	received = 0
	sent     = 1
	request  = 2
)

// busCAN is the type of a bus where an object tells it.
const busCAN = 1
