# A tester made of scapy's UDS layers. It asks the servers of kernel_test.go for what testers ask for, one through the
# kernel's ISO-TP and one through scapy's, and ends with "passed" if every answer is the right one.
import sys

interface = sys.argv[1]

from scapy.config import conf

conf.contribs["CANSocket"] = {"use-python-can": False}
conf.contribs["ISOTP"] = {"use-can-isotp-kernel-module": True}
conf.contribs["UDS"] = {"treat-response-pending-as-answer": False}
from scapy.contrib.automotive.uds import *
from scapy.contrib.isotp import ISOTPNativeSocket, ISOTPSoftSocket
from scapy.packet import Raw

tester = None


def ask(layers):
    request = UDS() / layers
    response = tester.sr1(request, timeout=60, verbose=False)
    assert response is not None, "no response to " + bytes(request).hex()
    return request, response


def positive(layers, want=None):
    request, response = ask(layers)
    said = bytes(request).hex() + " answered with " + bytes(response).hex()
    assert response.service == request.service + 0x40, said
    if want is not None:
        assert bytes(response) == bytes.fromhex(want), said + ", want " + want
    return response


def refused(layers, code):
    request, response = ask(layers)
    said = bytes(request).hex() + " answered with " + bytes(response).hex()
    assert response.service == 0x7F and response.requestServiceId == request.service, said
    assert response.negativeResponseCode == code, said + ", want %02x" % code


def unlock(level):
    seed = positive(UDS_SA(securityAccessType=level)).securitySeed
    key = bytes(b ^ 0x5A for b in seed)
    positive(UDS_SA(securityAccessType=level + 1, securityKey=key))


VIN = b"WOB00000000000001"


def test():
    # Sessions, and what there is in the default one.
    positive(UDS_TP(), "7e00")
    refused(UDS_DSC(diagnosticSessionType=2), 0x7E)
    refused(UDS_WDBI(dataIdentifier=0xF190) / Raw(VIN), 0x7F)
    refused(UDS_RDBI(identifiers=[0x1234]), 0x31)
    assert bytes(positive(UDS_RDBI(identifiers=[0xF190])))[3:] == b"\xff" * 17
    positive(UDS_DSC(diagnosticSessionType=3), "5003003201f4")

    # Data.
    refused(UDS_WDBI(dataIdentifier=0xF190) / Raw(VIN), 0x33)
    refused(UDS_SA(securityAccessType=5), 0x12)
    refused(UDS_SA(securityAccessType=2, securityKey=b"1234"), 0x24)
    positive(UDS_SA(securityAccessType=1))
    refused(UDS_SA(securityAccessType=2, securityKey=b"\0\0\0\0"), 0x35)
    unlock(1)
    refused(UDS_WDBI(dataIdentifier=0xF190) / Raw(VIN[1:]), 0x13)
    positive(UDS_WDBI(dataIdentifier=0xF190) / Raw(VIN), "6ef190")
    positive(UDS_RDBI(identifiers=[0xF190, 0xF186]), "62f190" + VIN.hex() + "f18603")
    positive(UDS_DDDI(subFunction=1, dataRecord=bytes.fromhex("f210f1900102f1860101")), "6c01f210")
    positive(UDS_RDBI(identifiers=[0xF210]), "62f210" + VIN[:2].hex() + "03")

    # Trouble codes.
    positive(UDS_RDTCI(reportType=1, DTCStatusMask=0x08), "59017f010001")
    positive(UDS_RDTCI(reportType=2, DTCStatusMask=0x01), "59027f1111112f")
    refused(UDS_RDTCI(reportType=0x0F, DTCStatusMask=0xFF), 0x12)
    positive(UDS_CDTCS(DTCSettingType=2), "c502")
    positive(UDS_CDTCI(groupOfDTCHighByte=0xFF, groupOfDTCMiddleByte=0xFF, groupOfDTCLowByte=0xFF), "54")
    positive(UDS_RDTCI(reportType=2, DTCStatusMask=0x01), "59027f")
    positive(UDS_CC(controlType=3, communicationType2=1), "6803")

    # Programming.
    refused(UDS_RC(routineControlType=1, routineIdentifier=0xFF00) / Raw(b"\x22\0\0\2\0"), 0x31)
    positive(UDS_DSC(diagnosticSessionType=2), "5002001901f4")
    download = UDS_RD(memorySizeLen=2, memoryAddressLen=2, memoryAddress2=0, memorySize2=0x200)
    refused(download, 0x33)
    unlock(1)
    refused(UDS_TD(blockSequenceCounter=1, transferRequestParameterRecord=b"1"), 0x24)
    # This one takes so long that the server asks for patience.
    positive(UDS_RC(routineControlType=1, routineIdentifier=0xFF00) / Raw(b"\x22\0\0\2\0"), "7101ff0000")
    limit = int.from_bytes(positive(download).maxNumberOfBlockLength, "big")
    image = bytes(i % 251 for i in range(0x200))
    blocks = [image[i:i + limit - 2] for i in range(0, len(image), limit - 2)]
    for i, block in enumerate(blocks):
        data = UDS_TD(blockSequenceCounter=i + 1, transferRequestParameterRecord=block)
        positive(data, "76%02x" % (i + 1))
        positive(data, "76%02x" % (i + 1))  # as if the response had been lost
    refused(UDS_TD(blockSequenceCounter=9, transferRequestParameterRecord=b"1"), 0x73)
    positive(UDS_RTE(), "77")
    refused(UDS_RTE(), 0x24)

    # Back again.
    positive(UDS_RU(memorySizeLen=2, memoryAddressLen=2, memoryAddress2=0, memorySize2=0x200))
    read = b""
    for i in range(len(blocks)):
        read += positive(UDS_TD(blockSequenceCounter=i + 1)).transferResponseParameterRecord
    positive(UDS_RTE(), "77")
    assert read == image, read.hex()
    positive(UDS_RMBA(memorySizeLen=1, memoryAddressLen=2, memoryAddress2=0x1F0, memorySize1=0x10), "63" + image[0x1F0:].hex())

    positive(UDS_ER(resetType=1), "5101")
    positive(UDS_RDBI(identifiers=[0xF186]), "62f18601")


for tester in (
    ISOTPNativeSocket(interface, tx_id=0x7E0, rx_id=0x7E8, basecls=UDS),
    # Without blocks a bus that takes no time would overrun it.
    ISOTPSoftSocket(interface, tx_id=0x7E1, rx_id=0x7E9, bs=8, basecls=UDS),
):
    print("with", type(tester).__name__, flush=True)
    test()
    tester.close()
print("passed")
