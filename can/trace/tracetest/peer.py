"""python-can as a peer: reads, writes and converts traces.

The frames that go in and out are lines of seconds, channel, Rx or Tx, and the frame as can.Frame.String spells it.
"""

import sys
import time

import can

ERROR = "20000080#0000000000000000"


def spell(msg):
    if msg.is_error_frame:
        return ERROR
    text = f"{msg.arbitration_id:08X}#" if msg.is_extended_id else f"{msg.arbitration_id:03X}#"
    if msg.is_remote_frame:
        return text + f"R{msg.dlc}"
    if msg.is_fd:
        text += f"#{msg.bitrate_switch * 1 + msg.error_state_indicator * 2}"
    return text + msg.data.hex().upper()


def parse(text):
    ident, _, data = text.partition("#")
    if text == ERROR:
        return {"is_error_frame": True}
    args = {"arbitration_id": int(ident, 16), "is_extended_id": len(ident) == 8}
    if data.startswith("R"):
        return args | {"is_remote_frame": True, "dlc": int(data[1:])}
    if data.startswith("#"):
        flags = int(data[1], 16)
        args |= {"is_fd": True, "bitrate_switch": bool(flags & 1), "error_state_indicator": bool(flags & 2)}
        data = data[2:]
    return args | {"data": bytes.fromhex(data)}


def messages(path):
    # Times since 1970, which the reader of ASC files only gives when it is told to.
    if path.endswith(".asc"):
        return can.ASCReader(path, relative_timestamp=False)
    return can.LogReader(path)


def read(path):
    for msg in messages(path):
        print(f"{msg.timestamp:.6f} {msg.channel} {'Rx' if msg.is_rx else 'Tx'} {spell(msg)}")


def write(path):
    log = can.Logger(path)
    for line in sys.stdin:
        stamp, channel, direction, frame = line.split()
        log(can.Message(timestamp=float(stamp), channel=channel, is_rx=direction == "Rx", **parse(frame)))
    log.stop()


def convert(source, target):
    began = time.perf_counter()
    log, frames = can.Logger(target), 0
    for msg in messages(source):
        log(msg)
        frames += 1
    log.stop()
    print(frames, time.perf_counter() - began)


def emit(target, frames):
    """Writes frames like those of Load."""
    load = []
    for i in range(int(frames)):
        fd = i % 4 == 3
        load.append(can.Message(
            timestamp=1772366400 + i / 1e4, arbitration_id=0x100 + i % 0x400, is_extended_id=False, is_fd=fd,
            bitrate_switch=fd, data=bytes([i & 0xFF] * (64 if fd else 8)), channel="can0",
        ))
    log = can.Logger(target)
    began = time.perf_counter()
    for msg in load:
        log(msg)
    log.stop()
    print(frames, time.perf_counter() - began)


{"read": read, "write": write, "convert": convert, "emit": emit}[sys.argv[1]](*sys.argv[2:])
