"""What all PDFs share: paper sizes, text that the fonts can draw, and the compiler that checks PDF/UA-1."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MEDIA_TYPE = "application/pdf"
A4 = "a4"
PAPERS = {A4: "a4", "letter": "us-letter"}  # typst's names

_HERE = Path(__file__).parent
_PICTURES = {"svg", "photo", "qr"}  # keys of a content whose text is a drawing
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")  # and the control characters, which no font draws
# What the fonts of ours and typst's may not draw.
_UNSURE = re.compile(r"[^\x20-\u024f\u0370-\u04ff\u1e00-\u1eff\u2010-\u2027\u20ac]")


class PdfError(RuntimeError):
    """The PDF could not be made; the message names the row and nothing of what stands in it."""


def check_options(paper: str, language: str | None) -> None:
    """Raise ValidationError, by field, unless ``paper`` is in PAPERS and ``language`` is spoken here or None."""
    languages = [code for code, _name in settings.LANGUAGES]
    if paper not in PAPERS:
        raise ValidationError({"paper": _("Use one of: %(known)s.") % {"known": ", ".join(PAPERS)}})
    if language is not None and language not in languages:
        raise ValidationError({"language": _("Use one of: %(known)s.") % {"known": ", ".join(languages)}})


def base_language(code: str) -> str:
    """ "es" of "es-mx": typst takes no more."""
    return code.partition("-")[0]


def compile_first(
    contents: Iterable[Mapping[str, Any]], compile_one: Callable[[Mapping[str, Any]], bytes], subject: str
) -> bytes:
    """The first of ``contents`` that the compiler takes; then each again with "?" for what the fonts may not draw.

    The usual cause is a name in a script for which this machine has no font.

    Args:
        contents: the preferred one first, each what a template reads.
        compile_one: makes a PDF of one, or raises typst.TypstError.
        subject: for the error, such as "the handout of prescription 7".

    Raises:
        PressError: all were refused.
    """
    plain = [_replace(content, _SPACES, " ") for content in contents]
    for content in [*plain, *(_replace(content, _UNSURE, "?") for content in plain)]:
        try:
            return compile_one(content)
        except typst.TypstError:
            continue
    # Without its cause, which may quote the record: this goes into a log.
    raise PdfError(f"typst refuses {subject}")


def compile_pdf(template: str, content: Mapping[str, Any]) -> bytes:
    """A tagged PDF, checked against PDF/UA-1; raises typst.TypstError when ``template`` of this folder refuses it."""
    return typst.compile(
        str(_HERE / template),
        root=str(_HERE),
        format="pdf",
        font_paths=_fonts(),
        pdf_standards=["ua-1"],
        sys_inputs={"content": json.dumps(content)},
    )


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF has that typst wrote."""
    return int(max(re.findall(rb"/Type */Pages */Count (\d+)", pdf), default=b"0", key=int))


def _replace(content: Any, pattern: re.Pattern[str], replacement: str) -> Any:
    """The content with ``pattern`` replaced in each text; pictures stay."""
    if isinstance(content, Mapping):
        return {
            key: part if key in _PICTURES else _replace(part, pattern, replacement) for key, part in content.items()
        }
    if isinstance(content, list):
        return [_replace(part, pattern, replacement) for part in content]
    return pattern.sub(replacement, content) if isinstance(content, str) else content


@cache
def _fonts() -> typst.Fonts:
    """Ours first, so that a sheet looks the same everywhere; the machine's own for scripts that ours have not."""
    return typst.Fonts(font_paths=[str(_HERE / "fonts")])
