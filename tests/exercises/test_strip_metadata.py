"""A picture loses what cameras and programs wrote into it, and stays a picture."""

import struct
import zlib

import pytest
from django.core.exceptions import ValidationError

from exercises.strip_metadata import strip_picture

SECRET = b"made by Zebrafish at 52.5 N 13.4 E"


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*extra, size=1):
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x1f\x6f\x78" * size) * size)
    parts = [chunk(b"IHDR", head), *extra, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


SCAN = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\x34\xff\0\x56" + b"\xff\xd9"
FRAME = segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0")


def riff(*chunks):
    body = b"WEBP" + b"".join(kind + struct.pack("<I", len(it)) + it + b"\0" * (len(it) % 2) for kind, it in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_png_keeps_what_is_drawn_and_nothing_behind_it():
    with_words = png(chunk(b"tEXt", SECRET), chunk(b"eXIf", SECRET), chunk(b"iCCP", b"p\0\0x")) + SECRET
    assert strip_picture(with_words, ".png") == png(chunk(b"iCCP", b"p\0\0x"))


def test_a_jpeg_loses_its_place_its_comment_and_what_hangs_behind():
    profile = segment(0xE2, b"ICC_PROFILE\0")
    full = b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + SECRET) + profile + segment(0xFE, SECRET) + FRAME + SCAN + SECRET
    assert strip_picture(full, ".jpg") == b"\xff\xd8" + profile + FRAME + SCAN


def test_a_webp_says_no_more_that_it_has_what_is_gone():
    full = riff((b"VP8X", b"\x1c" + b"\0" * 9), (b"VP8L", b"abc"), (b"EXIF", SECRET), (b"XMP ", SECRET))
    assert strip_picture(full, ".webp") == riff((b"VP8X", b"\x10" + b"\0" * 9), (b"VP8L", b"abc"))


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (png()[:-20], ".png"),
        (b"\x89PNG\r\n\x1a\n", ".png"),
        (b"\xff\xd8" + FRAME, ".jpg"),
        (b"\xff\xd8" + FRAME + SCAN[:-2], ".jpg"),
        (b"\xff\xd8\xff", ".jpg"),
        (riff((b"EXIF", SECRET)), ".webp"),
        (riff((b"VP8L", b"abc"))[:-4], ".webp"),
        (b"RIFF", ".webp"),
    ],
)
def test_a_broken_picture_is_refused_in_words(content, extension):
    with pytest.raises(ValidationError, match="This picture is broken"):
        strip_picture(content, extension)
