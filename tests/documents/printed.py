"""What a reader finds in a printed handout."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

NO_READER = "pdftotext is not installed: apt-get install poppler-utils"


def text(pdf: bytes) -> str:
    """The text as a PDF reader gives it out, spaces as one; the test is skipped where there is no reader."""
    if not shutil.which("pdftotext"):
        pytest.skip(NO_READER)
    read = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return " ".join(read.split())


def headings(pdf: bytes) -> list[tuple[int, str]]:
    """Level and title of each heading, in the order in which a screen reader meets them."""
    return [(int(level), _string(title)) for level, title in re.findall(rb"/S/H(\d)/P \d+ 0 R/T" + _STRING, pdf)]


def pictures(pdf: bytes) -> list[str]:
    """What is told of each picture to somebody who cannot see it."""
    return [_string(alt) for alt in re.findall(rb"/S/Figure/P \d+ 0 R/Alt" + _STRING, pdf)]


_STRING = rb"(\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)|<[0-9A-F]*>)"


def _string(written: bytes) -> str:
    """A string of a PDF: as it stands in brackets, or UTF-16 in hexadecimal."""
    if written.startswith(b"<"):
        return bytes.fromhex(written[1:-1].decode()).decode("utf-16")
    return re.sub(rb"\\(.)", rb"\1", written[1:-1]).decode("latin-1")
