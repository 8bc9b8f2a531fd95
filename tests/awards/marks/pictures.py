"""PNG files of 8 bits a channel with transparency, as arrays."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def pixels(png: bytes, rows: int = 10**6) -> np.ndarray:
    """(height, width, RGBA) of a PNG as typst writes it, not interlaced; of its first rows alone where so asked."""
    assert png.startswith(SIGNATURE)
    at, packed, width, height = len(SIGNATURE), b"", 0, 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, bits, colours, *_, interlaced = struct.unpack(">IIBBBBB", body)
            assert (bits, colours, interlaced) == (8, 6, 0)
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    data, long = zlib.decompress(packed), 1 + 4 * width
    lines, above = [], bytearray(4 * width)
    for start in range(0, long * min(rows, height), long):
        above = _unfiltered(data[start], bytearray(data[start + 1 : start + long]), above)
        lines.append(np.frombuffer(above, np.uint8).reshape(width, 4))
    return np.stack(lines)


def _unfiltered(kind: int, line: bytearray, above: bytearray) -> bytearray:
    """PNG specification, 9: what each byte was guessed to be, by the ones on the left, above and in the corner."""
    for at, up in enumerate(above if kind else ()):
        left, corner = (line[at - 4], above[at - 4]) if at >= 4 else (0, 0)
        if kind == 4:
            across, down, both = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            guess = left if across <= down and across <= both else up if down <= both else corner
        else:
            guess = (0, left, up, (left + up) // 2)[kind]
        line[at] = line[at] + guess & 255
    return line
