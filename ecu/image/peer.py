# intelhex as a peer:
#   dump FILE            prints the segments of a HEX file, one a line: address and bytes
#   write FILE           writes a HEX file of segments from standard input
#   load FILE            reads a HEX file and prints how many bytes it has, and how many seconds that took
import sys
import time

import intelhex

command, path = sys.argv[1:3]
if command == "load":
    start = time.perf_counter()
    image = intelhex.IntelHex(path)
    took = time.perf_counter() - start
    print(len(image), took)
elif command == "write":
    image = intelhex.IntelHex()
    for line in sys.stdin:
        address, data = line.split()
        image.frombytes(bytes.fromhex(data), int(address, 16))
    image.start_addr = {"EIP": 0x8000101}
    image.write_hex_file(path)
else:
    image = intelhex.IntelHex(path)
    for start, end in image.segments():
        print("%X %s" % (start, image.tobinarray(start, end - 1).tobytes().hex()))
