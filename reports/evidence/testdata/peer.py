"""Checks an envelope with python-securesystemslib, which TUF and in-toto use, and prints its payload.

	peer.py ENVELOPE
"""
import base64
import json
import sys

from securesystemslib.signer import Signature, SSlibKey

with open(sys.argv[1]) as f:
    envelope = json.load(f)
payload = base64.b64decode(envelope["payload"], validate=True)
kind = envelope["payloadType"].encode()
signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
for s in envelope["signatures"]:
    key = SSlibKey(s["keyid"], "ed25519", "ed25519", {"public": s["keyid"]})
    key.verify_signature(Signature(s["keyid"], base64.b64decode(s["sig"]).hex()), signed)
print(json.loads(payload)["predicateType"], len(envelope["signatures"]))
