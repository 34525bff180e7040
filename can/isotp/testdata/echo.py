# Sends back each ISO-TP message, through the kernel's socket or through scapy's implementation in Python.
import socket
import sys

how, interface, tx, rx, form, tx_byte, rx_byte = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])

if how == "kernel":
    SOL_CAN_ISOTP, OPTS, EXTEND_ADDR, RX_EXT_ADDR = 106, 1, 0x002, 0x200
    s = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_ISOTP)
    if form:
        flags = (EXTEND_ADDR | RX_EXT_ADDR).to_bytes(4, sys.byteorder)
        s.setsockopt(SOL_CAN_ISOTP, OPTS, flags + bytes([0, 0, 0, 0, tx_byte, 0, 0, rx_byte]))
    s.bind((interface, rx, tx))
    s.send(b"ready")
    while True:
        s.send(s.recv(1 << 17))

from scapy.config import conf

conf.contribs["CANSocket"] = {"use-python-can": False}
conf.contribs["ISOTP"] = {"use-can-isotp-kernel-module": False}
from scapy.contrib.isotp import ISOTP, ISOTPSoftSocket

extra = {"ext_address": tx_byte, "rx_ext_address": rx_byte} if form else {}
# Without blocks a bus that takes no time would overrun it.
s = ISOTPSoftSocket(interface, tx_id=tx, rx_id=rx, bs=32, **extra)
s.send(ISOTP(b"ready"))
while True:
    message = s.recv()
    if message is not None:
        s.send(message)
