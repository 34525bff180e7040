// What a frame carries, in words (ISO 15765-2, ISO 14229-1).
const services = {
  0x10: "DiagnosticSessionControl", 0x11: "ECUReset", 0x14: "ClearDiagnosticInformation", 0x19: "ReadDTCInformation", 0x22: "ReadDataByIdentifier",
  0x23: "ReadMemoryByAddress", 0x27: "SecurityAccess", 0x28: "CommunicationControl", 0x29: "Authentication", 0x2e: "WriteDataByIdentifier",
  0x2f: "InputOutputControlByIdentifier", 0x31: "RoutineControl", 0x34: "RequestDownload", 0x35: "RequestUpload", 0x36: "TransferData",
  0x37: "RequestTransferExit", 0x38: "RequestFileTransfer", 0x3d: "WriteMemoryByAddress", 0x3e: "TesterPresent", 0x85: "ControlDTCSetting",
};
const refusals = {
  0x10: "generalReject", 0x11: "serviceNotSupported", 0x12: "subFunctionNotSupported", 0x13: "incorrectMessageLengthOrInvalidFormat",
  0x14: "responseTooLong", 0x21: "busyRepeatRequest", 0x22: "conditionsNotCorrect", 0x24: "requestSequenceError", 0x31: "requestOutOfRange",
  0x33: "securityAccessDenied", 0x34: "authenticationRequired", 0x35: "invalidKey", 0x36: "exceededNumberOfAttempts", 0x37: "requiredTimeDelayNotExpired",
  0x70: "uploadDownloadNotAccepted", 0x71: "transferDataSuspended", 0x72: "generalProgrammingFailure", 0x73: "wrongBlockSequenceCounter",
  0x78: "responsePending", 0x7e: "subFunctionNotSupportedInActiveSession", 0x7f: "serviceNotSupportedInActiveSession", 0x92: "voltageTooHigh", 0x93: "voltageTooLow",
};

function hex(n) { return n.toString(16).toUpperCase().padStart(2, "0"); }

// spaced writes the bytes of a frame apart.
function spaced(data) { return (data.match(/../g) || []).join(" ").toUpperCase(); }

// message names a diagnostic message by its first bytes.
function message(bytes) {
  if (bytes.length === 0) return "empty";
  if (bytes[0] === 0x7f) return "negative response to " + (services[bytes[1]] || "service " + hex(bytes[1] || 0)) + ": " + (refusals[bytes[2]] || "NRC " + hex(bytes[2] || 0));
  const known = services[bytes[0]] || services[bytes[0] - 0x40];
  if (!known) return "service " + hex(bytes[0]);
  return known + (services[bytes[0]] ? "" : ", positive response");
}

// carries says what the transport protocol makes of a frame's bytes.
function carries(bytes) {
  const first = bytes[0];
  switch (first >> 4) {
    case 0: {
      const long = first === 0 && bytes.length > 8, length = long ? bytes[1] : first & 15, begin = long ? 2 : 1;
      if (length === 0 || begin + length > bytes.length) return "no frame of ISO-TP";
      return "single frame of " + length + ": " + message(bytes.slice(begin, begin + length));
    }
    case 1: {
      let length = ((first & 15) << 8) | bytes[1], begin = 2;
      if (length === 0) {
        length = bytes.slice(2, 6).reduce((sum, b) => sum * 256 + b, 0);
        begin = 6;
      }
      return "first frame of " + length + " bytes: " + message(bytes.slice(begin));
    }
    case 2: return "consecutive frame " + (first & 15);
    case 3: return "flow control: " + (["continue, block size " + bytes[1] + ", separation " + hex(bytes[2] || 0), "wait", "overflow"][first & 15] || "reserved");
  }
  return "no frame of ISO-TP";
}

// decoded says what a frame is. Bytes are interpreted only if the record names the identifier as that of an ECU's diagnosis.
function decoded(frame, units) {
  if (frame.kind.includes("e")) return "error frame";
  if (frame.kind.includes("r")) return "remote frame";
  const unit = units[frame.id];
  if (unit === undefined) return "";
  const bytes = (frame.data.match(/../g) || []).map((b) => parseInt(b, 16));
  return unit[0] + " " + unit[1] + ", " + (bytes.length ? carries(bytes) : "empty");
}

// flags says in words what the letters of a frame's kind mean.
function flags(kind) {
  const words = [];
  if (kind.includes("f")) words.push(kind.includes("b") ? "FD, fast data" : "FD");
  if (kind.includes("i")) words.push("sender is error passive");
  words.push(kind.includes("o") ? "sent by the bench" : "received");
  return words.join(", ");
}
