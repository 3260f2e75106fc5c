"""Strip a picture of its metadata: places, names, dates, thumbnails and trailing data.

The pixels are not decoded: of the chunks of the file, those are kept from which a browser draws.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_PNG = b"\x89PNG\r\n\x1a\n"
# Pixels, colours and size (PNG, third edition, 11); animations too.
_DRAWN_PNG = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"sBIT", b"pHYs", b"bKGD"),
    *(b"cICP", b"acTL", b"fcTL", b"fdAT"),
}
_DRAWN_WEBP = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_EXIF_AND_XMP = 0b0000_1100  # the two bits of VP8X that announce them
_SOS, _EOI, _COMMENT = 0xDA, 0xD9, 0xFE
_PROFILE, _ADOBE = 0xE2, 0xEE  # colours depend on them


def strip_picture(content: bytes, extension: str) -> bytes:
    """Return the picture without metadata.

    Args:
        content: a whole file.
        extension: ".png", ".jpg" or ".webp", as `media_files.check_media` returns it.

    Raises:
        ValidationError: the file is broken.
    """
    parts = {".png": _png, ".jpg": _jpeg, ".webp": _webp}[extension]
    try:
        return parts(content)
    except (IndexError, ValueError) as error:
        raise ValidationError(_("This picture is broken. Save it again and choose it anew.")) from error


def _png(content: bytes) -> bytes:
    kept, kinds = [_PNG], set()
    for kind, chunk in _png_chunks(content):
        kinds.add(kind)
        if kind in _DRAWN_PNG:
            kept.append(chunk)
    if not {b"IHDR", b"IDAT", b"IEND"} <= kinds:
        raise ValueError("no picture")
    return b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4])
        kind = content[at + 4 : at + 8]
        if end > len(content):
            raise ValueError("cut off")
        yield kind, content[at:end]
        if kind == b"IEND":
            return
        at = end


def _jpeg(content: bytes) -> bytes:
    kept, at = [content[:2]], 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == _SOS:
            end = content.index(bytes([0xFF, _EOI]), at) + 2  # inside a scan it cannot stand
            return b"".join([*kept, content[at:end]])
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        application = 0xE1 <= marker <= 0xEF
        if (not application or marker in (_PROFILE, _ADOBE)) and marker != _COMMENT:
            kept.append(content[at:end])
        at = end
    raise ValueError("no picture")


def _webp(content: bytes) -> bytes:
    kept, at, drawn = [], 12, False
    whole = 8 + int.from_bytes(content[4:8], "little")
    if whole > len(content):
        raise ValueError("cut off")
    while at + 8 <= whole:
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        chunk = content[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_EXIF_AND_XMP]) + chunk[9:]
        if kind in _DRAWN_WEBP:
            kept.append(chunk)
        drawn = drawn or kind in {b"VP8 ", b"VP8L", b"ANMF"}
        at = end
    if not drawn:
        raise ValueError("no picture")
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
