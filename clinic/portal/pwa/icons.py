"""The plumb line mark as a PNG in a clinic's colour: for a phone's home screen. Pure: the standard library, no I/O."""

from __future__ import annotations

import struct
import zlib
from math import sqrt

MARK_SIZE = 32  # the square that favicon.svg is drawn on
LINE, BOB = 1.25, 4.5  # half of the width of the line and of the bob
BOB_FROM, TAPERS_FROM, TIP = 14.5, 19, 28
CORNER = 7
SHADES = 16  # between the ground and the mark, and between nothing and the ground


def draw_icon(size: int, ground: str, mark: str, *, rounded: bool) -> bytes:
    """Draw the icon with smooth edges.

    Args:
        size: width and height in pixels, even.
        ground, mark: their colors, six hexadecimal digits each.
        rounded: corners cut as in the favicon; False: to the edge, for a system that cuts them itself.
    """
    rows = bytearray()
    for row in range(size):
        at = (row + 0.5) * MARK_SIZE / size
        rows.append(0)  # this row is stored as it is
        rows += _row(size, _mark(at) * size / MARK_SIZE, _inset(at) * size / MARK_SIZE if rounded else 0)
    below, above = bytes.fromhex(ground), bytes.fromhex(mark)
    mixed = [[a + (b - a) * shade // SHADES for a, b in zip(below, above, strict=True)] for shade in range(SHADES + 1)]
    palette = bytes(part for three in mixed for part in three) + below * SHADES
    clear = bytes([255] * (SHADES + 1) + [255 * shade // SHADES for shade in range(SHADES)])
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data)
        for name, data in (
            (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 3, 0, 0, 0)),
            (b"PLTE", palette),
            (b"tRNS", clear),
            (b"IDAT", zlib.compress(bytes(rows), 9)),
            (b"IEND", b""),
        )
    )


def _mark(at: float) -> float:
    """Half of the mark's width at this height."""
    if at < BOB_FROM:
        return LINE
    if at < TAPERS_FROM:
        return BOB
    return max(0.0, BOB * (TIP - at) / (TIP - TAPERS_FROM))


def _inset(at: float) -> float:
    """How far a round corner cuts in at this height."""
    from_edge = min(at, MARK_SIZE - at)
    return CORNER - sqrt(CORNER**2 - (CORNER - from_edge) ** 2) if from_edge < CORNER else 0.0


def _row(size: int, mark: float, inset: float) -> bytes:
    """Places in the palette, left to right: the left half and its mirror."""
    half = size // 2
    edge, begins = int(inset), half - mark
    start = min(int(begins), half - 1)
    corner = bytes([SHADES + 1]) * edge + (
        bytes([SHADES + 1 + int((edge + 1 - inset) * SHADES)]) if inset > edge else b""
    )
    blend = bytes([int((start + 1 - begins) * SHADES)]) if begins < half else b"\0"
    left = corner + bytes(start - len(corner)) + blend + bytes([SHADES]) * (half - start - 1)
    return left + left[::-1]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
