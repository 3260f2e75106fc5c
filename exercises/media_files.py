"""Check an uploaded film, picture or caption file by its content, whatever its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, Any

import puremagic
from django.core.exceptions import ValidationError
from django.core.files import File
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from clinic.conf import conf

from .models import Media
from .models.pictures import CONTENT_TYPES

Kind = Media.Kind
MEGABYTE = 1024 * 1024
MAX_PICTURE_BYTES = 5 * MEGABYTE
MAX_CAPTION_BYTES = MEGABYTE
HEAD_BYTES = 4096  # enough to recognise every type below

PICTURES = (".png", ".jpg", ".webp")

# The brands of films that a browser plays; an iPhone's own “qt  ” is not among them.
_MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"dash"}
_CUE = re.compile(r"^(\d+:)?\d{2}:\d{2}\.\d{3}[ \t]+-->[ \t]+(\d+:)?\d{2}:\d{2}\.\d{3}", re.MULTILINE)


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be stored, with the extension of its content."""

    extension: str
    size: int


def check_media(file: IO[bytes] | File[Any], kind: str, max_bytes: int | None = None) -> CheckedFile:
    """Check a file before it is stored.

    Args:
        file: open for reading and seekable; left at its beginning.
        kind: one of `Media.Kind`.
        max_bytes: the largest size accepted; None: the limit of the kind.

    Returns:
        The extension of its content, such as ".mp4", and its size in bytes.

    Raises:
        ValidationError: empty, too big, or not of this kind; the message says what to do.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if not size:
        raise ValidationError(_("This file is empty. Save it again and choose it anew."))
    limit = (
        int(conf.max_film_bytes)
        if kind == Kind.FILM
        else MAX_CAPTION_BYTES
        if kind == Kind.CAPTIONS
        else MAX_PICTURE_BYTES
    )
    limit = limit if max_bytes is None else max_bytes
    if size > limit:
        raise ValidationError(
            _("This file has %(size)s MB; at most %(most)s MB are taken. Make it smaller.")
            % {"size": _megabytes(size), "most": _megabytes(limit)}
        )
    if kind == Kind.CAPTIONS:
        _check_captions(file.read())
        extension = ".vtt"
    else:
        extension = _film(file.read(HEAD_BYTES)) if kind == Kind.FILM else _picture(file.read(HEAD_BYTES))
    file.seek(0)
    return CheckedFile(extension, size)


def _film(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        boxes = min(int.from_bytes(head[:4]), len(head))
        major, compatible = head[8:12], {head[at : at + 4] for at in range(16, boxes - 3, 4)}
        if major in _MP4_BRANDS or (major != b"qt  " and "video/mp4" in _types(head) and compatible & _MP4_BRANDS):
            return ".mp4"
        if major == b"qt  ":
            raise ValidationError(_("This is a QuickTime film. Save it as MP4 (H.264) and choose that file."))
    # A WebM file is a Matroska file that says so near its beginning; puremagic takes one for the other.
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]:
        return ".webm"
    raise ValidationError(_("This is not a film that a browser plays. Save it as MP4 (H.264) or WebM."))


def _picture(head: bytes) -> str:
    types = _types(head)
    for extension in PICTURES:
        if CONTENT_TYPES[extension] in types:
            return extension
    if "image/svg+xml" in types:
        raise ValidationError(_("An SVG file can hold a script. Save the picture as PNG, JPEG or WebP."))
    raise ValidationError(_("This is not a picture that a browser shows. Save it as PNG, JPEG or WebP."))


def _check_captions(content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("These captions are not UTF-8 text. Save them anew with the encoding UTF-8.")) from None
    if not re.match(r"WEBVTT(?=[ \t\r\n]|$)", text):
        raise ValidationError(_("Captions begin with the word WEBVTT. Save them in the WebVTT format (.vtt)."))
    if not _CUE.search(text):
        raise ValidationError(_("These captions hold no line to show. Write times such as 00:01.000 --> 00:04.000."))


def _types(head: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _megabytes(size: int) -> str:
    return str(floatformat(size / MEGABYTE, -1))
