# Packs and unpacks: takes lines of codec, "pack" or "unpack", and data in hexadecimal; prints a line of data for each.
import gzip
import sys
import zlib

import lz4.block
import lzss

codecs = {
    "deflate": (lambda d: zlib.compress(d)[2:-4], lambda d: zlib.decompress(d, -15)),
    "zlib": (zlib.compress, zlib.decompress),
    "gzip": (gzip.compress, gzip.decompress),
    "lz4": (
        lambda d: lz4.block.compress(d, store_size=False),
        lambda d: lz4.block.decompress(d, uncompressed_size=1 << 20),
    ),
    "lzss": (lzss.compress, lzss.decompress),
}
for line in sys.stdin:
    codec, verb, *data = line.split()
    print(codecs[codec][verb == "unpack"](bytes.fromhex("".join(data))).hex())
