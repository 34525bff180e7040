# Transfers a message through scapy's ISO-TP in Python, from one socket to another, for each line that it reads.
import os
import sys

from scapy.config import conf

conf.contribs["CANSocket"] = {"use-python-can": False}
conf.contribs["ISOTP"] = {"use-can-isotp-kernel-module": False}
from scapy.contrib.isotp import ISOTP, ISOTPSoftSocket

interface, size = sys.argv[1], int(sys.argv[2])
# Without blocks a bus that takes no time would overrun the receiver.
a = ISOTPSoftSocket(interface, tx_id=0x7E0, rx_id=0x7E8)
b = ISOTPSoftSocket(interface, tx_id=0x7E8, rx_id=0x7E0, bs=64)
message = bytes(size)
print("ready", flush=True)
for _ in sys.stdin:
    a.send(ISOTP(message))
    received = None
    while received is None:
        received = b.recv()
    assert received.data == message
    print("done", flush=True)
os._exit(0)  # scapy's threads would go on
