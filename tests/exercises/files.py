"""Small files by their true beginnings: enough for a look at the content, not enough to play."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(range(256)) * 8
FRAGMENTED_MP4 = b"\x00\x00\x00\x1cftypiso5\x00\x00\x02\x00iso5iso6mp41" + bytes(64)
QUICKTIME = b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + bytes(64)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm" + bytes(
    64
)
MATROSKA = WEBM.replace(b"\x84webm", b"\x88matroska")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(64)
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(64)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nLie down — slowly.\n".encode()


def file(content: bytes, name: str = "anything") -> ContentFile[Any]:
    return ContentFile(content, name)


def upload(content: bytes, name: str = "anything") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
