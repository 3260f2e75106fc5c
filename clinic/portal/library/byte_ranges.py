"""A stored file by HTTP, whole or one range of it (RFC 9110, section 14), in pieces and never as a whole in memory.

A film player asks for the end first and then for the middle; Safari plays nothing without it. The libraries that
did this for Django have had no release since 2021.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.files import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

CHUNK_BYTES = 64 * 1024
_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})[ \t]*-[ \t]*([0-9]{0,18})[ \t]*", re.IGNORECASE)


class UnsatisfiableRange(Exception):
    """The range begins behind the end of the file."""


@dataclass(frozen=True)
class ByteRange:
    """Bytes ``first`` up to and with ``last``, counted from 0."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


def parse_range(header: str, size: int) -> ByteRange | None:
    """The range that a Range header asks for.

    Args:
        header: its value; "" where there is none.
        size: bytes in the file.

    Returns:
        The bytes to send; None for the whole file: no range, several, or one that is not understood.

    Raises:
        Unsatisfiable: the file has no byte of it.
    """
    asked = _ONE_RANGE.fullmatch(header.strip())
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:  # the last so many bytes
        wanted = int(asked[2])
        if not wanted or not size:
            raise UnsatisfiableRange
        return ByteRange(max(0, size - wanted), size - 1)
    first, last = int(asked[1]), int(asked[2] or size)
    if asked[2] and last < first:
        return None  # no range at all, says the standard
    if first >= size:
        raise UnsatisfiableRange
    return ByteRange(first, min(last, size - 1))


class FileChunks:
    """The bytes of a span, piece by piece; closed by the response, also when the player hangs up."""

    def __init__(self, file: IO[bytes] | File[Any], span: ByteRange) -> None:
        self._file = file
        self._left = len(span)
        file.seek(span.first)

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (piece := self._file.read(min(CHUNK_BYTES, self._left))):
            self._left -= len(piece)
            yield piece
        self.close()

    def close(self) -> None:
        self._file.close()


def serve_file(
    request: HttpRequest, file: File[Any], *, content_type: str, version: str, changed_at: datetime
) -> HttpResponseBase:
    """Answer a GET or HEAD with a file, or with the range of it that was asked for.

    Args:
        file: open for reading; closed in the end.
        content_type: what it is.
        version: changes whenever the bytes do; letters and digits.
        changed_at: when they last did.

    Returns:
        200, 206, 304, 412 or 416.
    """
    etag, changed = f'"{version}"', int(changed_at.timestamp())
    size = int(file.size)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=changed)
    if response is None:
        try:
            span = parse_range(_range(request, etag, changed), size)
        except UnsatisfiableRange:
            response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if response is not None:
        file.close()
    else:
        whole = ByteRange(0, size - 1)
        sent = span or whole
        if request.method == "HEAD":
            file.close()
            response = HttpResponse(content_type=content_type)
        else:
            response = StreamingHttpResponse(FileChunks(file, sent), content_type=content_type)
        response["Content-Length"] = str(len(sent))
        if span is not None:
            response.status_code = 206
            response["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    response["ETag"], response["Last-Modified"] = etag, http_date(changed)
    response["Accept-Ranges"] = "bytes"
    return response


def _range(request: HttpRequest, etag: str, changed: int) -> str:
    """The Range header, unless it was meant for other bytes than these."""
    asked = request.headers.get("Range", "")
    meant_for = request.headers.get("If-Range", "").strip()
    if request.method != "GET" or (meant_for and meant_for not in (etag, http_date(changed))):
        return ""
    return asked
