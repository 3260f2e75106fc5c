"""Any range of any file gives the very bytes, in pieces."""

import datetime as dt
import io

import pytest
from django.core.files import File
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import RequestFactory
from django.utils.http import http_date
from hypothesis import given, strategies as st

from clinic.portal.library import byte_ranges
from clinic.portal.library.byte_ranges import ByteRange, UnsatisfiableRange, parse_range, serve_file

NOW = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)  # fixed: the names of tests are made of it
CONTENT = bytes(range(256)) * 3
FILM = len(CONTENT)


@pytest.fixture(autouse=True, scope="module")
def without_a_database():
    """Closing a response ends a request, after which Django looks at its connections; here are none."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


class Lent(io.BytesIO):
    """A file that remembers the largest piece that was asked of it."""

    largest = 0

    def read(self, size=-1):
        self.largest = max(self.largest, size if size >= 0 else 10**9)
        return super().read(size)


def ask(content=CONTENT, method="get", **headers):
    request = getattr(RequestFactory(), method)("/", headers={k.replace("_", "-"): v for k, v in headers.items()})
    lent = Lent(content)
    response = serve_file(request, File(lent, "film"), content_type="video/mp4", version="abc", changed_at=NOW)
    return response, lent


def body(response):
    sent = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return sent


@given(content=st.binary(max_size=300), first=st.integers(0, 400), last=st.integers(0, 400))
def test_any_range_gives_the_very_bytes(content, first, last):
    response, lent = ask(content, Range=f"bytes={first}-{last}")
    if last < first:
        assert (response.status_code, body(response)) == (200, content)
    elif first >= len(content):
        assert response.status_code == 416
        assert response["Content-Range"] == f"bytes */{len(content)}"
    else:
        assert response.status_code == 206
        expected = content[first : last + 1]
        assert response["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(content)}"
        assert response["Content-Length"] == str(len(expected))
        assert body(response) == expected
    response.close()
    assert lent.closed


@given(content=st.binary(min_size=1, max_size=300), count=st.integers(1, 400))
def test_the_last_so_many_bytes(content, count):
    response, _lent = ask(content, Range=f"bytes=-{count}")
    assert (response.status_code, body(response)) == (206, content[-count:])


@given(content=st.binary(max_size=300), first=st.integers(0, 400))
def test_from_somewhere_to_the_end(content, first):
    response, _lent = ask(content, Range=f"bytes={first}-")
    assert response.status_code == (206 if first < len(content) else 416)
    if response.status_code == 206:
        assert body(response) == content[first:]


@given(header=st.text(max_size=30))
def test_whatever_stands_in_the_header_it_is_a_range_or_none(header):
    try:
        span = parse_range(header, FILM)
    except UnsatisfiableRange:
        return
    assert span is None or 0 <= span.first <= span.last < FILM


def test_what_safari_asks_first():
    response, _lent = ask(Range="bytes=0-1")
    assert (response.status_code, response["Content-Range"], body(response)) == (206, f"bytes 0-1/{FILM}", b"\x00\x01")


@pytest.mark.parametrize(
    "header", ["", "bytes=0-1,5-9", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "lines=1-2", "bytes=٣-٥"]
)
def test_several_ranges_or_none_that_is_understood_give_the_whole(header):
    response, _lent = ask(Range=header)
    assert response.status_code == 200
    assert "Content-Range" not in response
    assert (response["Content-Length"], response["Accept-Ranges"]) == (str(FILM), "bytes")
    assert body(response) == CONTENT


@pytest.mark.parametrize("header", [f"bytes={FILM}-", "bytes=9999-99999", "bytes=-0"])
def test_a_range_behind_the_end_is_416(header):
    response, lent = ask(Range=header)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{FILM}")
    assert lent.closed


def test_a_head_tells_the_length_and_sends_nothing():
    response, lent = ask(method="head", Range="bytes=0-1")
    assert (response.status_code, response["Content-Length"], body(response)) == (200, str(FILM), b"")
    assert response["Accept-Ranges"] == "bytes"
    assert lent.closed


def test_who_has_it_already_is_not_sent_it_again():
    response, lent = ask(If_None_Match='"abc"')
    assert (response.status_code, response["ETag"], body(response)) == (304, '"abc"', b"")
    assert lent.closed
    assert ask(If_Modified_Since=http_date(NOW.timestamp()))[0].status_code == 304
    assert ask(If_None_Match='"older"')[0].status_code == 200


@pytest.mark.parametrize(
    ("meant_for", "status"),
    [
        ('"abc"', 206),
        (http_date(NOW.timestamp()), 206),
        ('"older"', 200),
        ('W/"abc"', 200),  # a weak validator vouches for no byte
        (http_date(NOW.timestamp() - 60), 200),
    ],
)
def test_a_range_of_other_bytes_gives_the_whole_anew(meant_for, status):
    response, _lent = ask(Range="bytes=0-1", If_Range=meant_for)
    assert response.status_code == status
    response.close()


def test_a_long_film_is_never_in_memory_as_a_whole(monkeypatch):
    monkeypatch.setattr(byte_ranges, "CHUNK_BYTES", 100)
    response, lent = ask()
    pieces = list(response.streaming_content)
    assert b"".join(pieces) == CONTENT
    assert max(map(len, pieces)) == lent.largest == 100


def test_a_player_that_hangs_up_leaves_no_file_open():
    response, lent = ask()
    next(iter(response.streaming_content))
    response.close()
    assert lent.closed


def test_the_length_of_a_span():
    assert len(ByteRange(0, 0)) == 1
