# An ECU made of scapy's answering machine and its UDS layers, for the client of kernel_test.go. It says "ready", and
# answers until its standard input ends.
import os
import sys
import threading

how, interface = sys.argv[1:3]

from scapy.config import conf

conf.contribs["CANSocket"] = {"use-python-can": False}
conf.contribs["ISOTP"] = {"use-can-isotp-kernel-module": how == "kernel"}
from scapy.contrib.automotive.ecu import EcuAnsweringMachine, EcuResponse
from scapy.contrib.automotive.uds import *
from scapy.contrib.automotive.uds_ecu_states import *
from scapy.packet import Raw

if how == "kernel":
    from scapy.contrib.isotp import ISOTPNativeSocket as Socket
else:
    from scapy.contrib.isotp import ISOTPSoftSocket as Socket

socket = Socket(interface, tx_id=0x7E8, rx_id=0x7E0, basecls=UDS)

VIN = b"SCAPY000000000001"
SEED = bytes.fromhex("00112233")
KEY = bytes(b ^ 0x5A for b in SEED)
TIMING = bytes.fromhex("4e2007d0")  # P2 and P2* of 20 s, which is what Python needs in a slow guest
PENDING = [UDS() / UDS_NR(requestServiceId=0x31, negativeResponseCode=0x78)] * 2


def state(name, default):
    return getattr(machine.state, name, default)


def answer(responses, request=None, sessions=(1, 2, 3), unlocked=False):
    """A response in some sessions to what it answers, or to one request exactly."""

    def answers(response, asked):
        if state("session", 1) not in sessions or unlocked and state("security_level", 0) != 2:
            return False
        return bytes(asked) == request if request is not None else response.answers(asked)

    return EcuResponse(responses=responses, answers=answers)


def refuse(service, code):
    """What is said to whatever else comes for a service."""
    response = UDS() / UDS_NR(requestServiceId=service, negativeResponseCode=code)
    return EcuResponse(responses=response, answers=lambda _, asked: asked.service == service)


other = (2, 3)
responses = [
    answer(UDS() / UDS_TPPR(), b"\x3e\x00"),
    answer(UDS() / UDS_DSCPR(diagnosticSessionType=1, sessionParameterRecord=TIMING), b"\x10\x01"),
    answer(UDS() / UDS_DSCPR(diagnosticSessionType=3, sessionParameterRecord=TIMING), b"\x10\x03"),
    answer(UDS() / UDS_DSCPR(diagnosticSessionType=2, sessionParameterRecord=TIMING), b"\x10\x02", other),
    refuse(0x10, 0x7E),
    answer(UDS() / UDS_ERPR(resetType=1), b"\x11\x01"),
    answer(UDS() / UDS_RDBIPR(dataIdentifier=0xF190) / Raw(VIN), b"\x22\xf1\x90"),
    refuse(0x22, 0x31),
    answer(UDS() / UDS_SAPR(securityAccessType=1, securitySeed=SEED), b"\x27\x01", other),
    answer(UDS() / UDS_SAPR(securityAccessType=2), b"\x27\x02" + KEY, other),
    refuse(0x27, 0x35),
    answer(UDS() / UDS_WDBIPR(dataIdentifier=0xF190), b"\x2e\xf1\x90" + VIN, other, unlocked=True),
    refuse(0x2E, 0x33),
    answer(UDS() / UDS_RDTCIPR(reportType=2, DTCStatusAvailabilityMask=0x2F, DTCAndStatusRecord=b"\x12\x34\x56\x2f"), b"\x19\x02\x08"),
    answer(UDS() / UDS_CDTCIPR(), b"\x14\xff\xff\xff"),
    answer(PENDING + [UDS() / UDS_RCPR(routineControlType=1, routineIdentifier=0xFF00) / Raw(b"\x00")],
           b"\x31\x01\xff\x00\x44\x00\x00\x80\x00\x00\x00\x01\x00", (2,), unlocked=True),
    refuse(0x31, 0x33),
    answer(UDS() / UDS_RDPR(memorySizeLen=2, maxNumberOfBlockLength=b"\x00\x82"), sessions=(2,), unlocked=True),
] + [answer(UDS() / UDS_TDPR(blockSequenceCounter=i), sessions=(2,), unlocked=True) for i in range(256)] + [
    answer(UDS() / UDS_RTEPR(), b"\x37", (2,), unlocked=True),
]
machine = EcuAnsweringMachine(supported_responses=responses, main_socket=socket, basecls=UDS, verbose=False)


threading.Thread(target=machine, daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
os._exit(0)  # threads of scapy's sockets do not end by themselves
