"""What Today costs the first time, over the wire: below 60 kB, all of it from the own host."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests import make
from tests.portal.visit import signed_in, stranger, url

MOST = 60_000
LOADED = re.compile(r'<(?:link|script|img)[^>]* (?:href|src)="([^"]+)"')


def wire_size(path):
    """Bytes of one file as whitenoise sends it: compressed; a page of ours as it is, since none is compressed."""
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/").partition("?")[0])
        return len(gzip.compress(Path(found).read_bytes(), 9))
    return len(stranger().get(path).content)


@pytest.fixture
def page(cast):
    cast.dana.clinic.accent = "#ffd400"
    cast.dana.clinic.save(update_fields=["accent"])
    make.prescription(cast.dana)
    make.prescription(cast.dana, days=["mon"])
    return signed_in(cast.dana).get(url("today")).content.decode()


def test_it_stays_below_60_kilobytes(page):
    sizes = {path: wire_size(path) for path in LOADED.findall(page)}
    total = len(page.encode()) + sum(sizes.values())
    assert len(sizes) >= 7
    assert total < MOST, sizes


def test_nothing_comes_from_elsewhere(page):
    assert re.findall(r'(?:href|src|action|srcset)="(?:https?:)?//[^"]*"', page) == []
