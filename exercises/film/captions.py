"""Render the texts of a film as WebVTT captions of two short lines, each shown in proportion to its length; pure."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from exercises.timeline import Span

LINE_WIDTH = 40  # characters in a line
TITLE_SECONDS = 2.4
GAP = 0.08  # seconds between two captions, so that a change is noticed


def render_webvtt(spans: Sequence[Span], texts: Mapping[int, tuple[str, str]]) -> str:
    """Render the captions of a film in one language.

    Args:
        spans: when each step is shown.
        texts: title and cue of each step.

    Returns:
        The content of a .vtt file.
    """
    blocks = ["WEBVTT"]
    for span in spans:
        title, cue = texts[span.step]
        pages = _pages(cue)
        first = min(TITLE_SECONDS, (span.end - span.start) / 2)
        times = [(span.start, span.start + first)]
        start, left = span.start + first, span.end - span.start - first
        whole = sum(len(page) for page in pages)
        for page in pages:
            times.append((start, start + left * len(page) / whole))
            start = times[-1][1]
        for (begin, end), page in zip(times, [_lines(f"{span.step}. {title}"), *pages], strict=True):
            # The three characters with a meaning in WebVTT.
            text = page.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            blocks.append(f"{_clock(begin)} --> {_clock(end - GAP)}\n{text}")
    return "\n\n".join(blocks) + "\n"


def _lines(text: str) -> str:
    return "\n".join(textwrap.wrap(text, LINE_WIDTH))


def _pages(text: str) -> list[str]:
    """The text in pages of two lines, each about as long as the others."""
    pages = -(-len(textwrap.wrap(text, LINE_WIDTH)) // 2)
    wide = min(LINE_WIDTH, max(len(text) // (pages * 2) + 6, 20))
    lines = textwrap.wrap(text, wide)
    while len(lines) > pages * 2 and wide < LINE_WIDTH:
        wide += 1
        lines = textwrap.wrap(text, wide)
    return ["\n".join(lines[index : index + 2]) for index in range(0, len(lines), 2)]


def _clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
