"""Pain over time as SVG: the usual as a band, the recent average as a line, each report a dot. Pure.

The page colors it by ``clinic/chart.css``; paper, which has no style sheet, by the colors it is given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

WORST_PAIN: Final = 10
MIN_STEM_WIDTH: Final = 2.0
"""Pixels per report along the time axis; with fewer, stems would run into each other."""
GAP: Final = dt.timedelta(days=4)
"""The longest time without a report over which the lines go on."""

PRINT_COLORS: Final[Mapping[str, str]] = {
    "grid": 'stroke="#E4DFD6" fill="none"', "band": 'fill="#DCEDEE"', "usual": 'stroke="#93C9CE" fill="none"',
    "recent": 'stroke="#1F6F78" stroke-width="2" fill="none"', "dot": 'fill="#1D2A2E"',
    "down": 'stroke="#2E7D4F" fill="#2E7D4F"', "up": 'stroke="#B3261E" fill="#B3261E"',
    "same": 'stroke="#55646A" fill="#55646A"', "ring": 'stroke="#1D2A2E" stroke-width="1.5" fill="none"',
    "change": 'stroke="#837B6E" fill="none"', "today": 'stroke="#1F6F78" fill="#1F6F78"',
    "mark": 'fill="#1D2A2E" stroke="#1D2A2E"', "mark-past": 'fill="#FFFFFF" stroke="#1D2A2E"',
    "note": 'fill="#DCEDEE" stroke="#1F6F78"', "number-note": 'fill="#1D2A2E" font-size="11"',
    "words": 'fill="#55646A" font-size="11"', "number": 'fill="#FFFFFF" font-size="11"',
    "number-past": 'fill="#1D2A2E" font-size="11"', "hatch": 'stroke="#C9C2B4" stroke-width="2" fill="none"',
    "span": 'stroke="#837B6E" fill="none"', "plate": 'fill="#FFFFFF"',
}  # fmt: skip
"""Colors for a drawing that no style sheet reaches, such as one in a PDF."""

_LEFT, _RIGHT, _FOOT, _LANE = 22.0, 10.0, 28.0, 20.0  # px
_TEXT, _LETTER, _HATCH = 11, 0.58, 8.0  # px; a letter's width, a generous guess, as a share of its size; px
_STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364)  # days between two dates of the axis
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Dot:
    """One report, and what the rule knew after it. Points 0–10; None: not given, or not known yet."""

    at: dt.datetime
    before: float | None = None
    after: float | None = None
    recent: float | None = None
    usual: float | None = None
    swing: float | None = None
    evidence: bool = False  # it is behind a flag

    @property
    def score(self) -> float | None:
        """Where the dot stands: the pain before or, where nobody asked, after."""
        return self.after if self.before is None else self.before


@dataclass(frozen=True)
class Mark:
    """The number of a flag, a note or an event; the list beside the drawing explains it."""

    at: dt.datetime
    text: str  # one or two characters
    past: bool = False  # drawn hollow
    note: bool = False  # not a flag but a note, drawn square


@dataclass(frozen=True)
class Change:
    """A new dose."""

    at: dt.datetime
    label: str  # empty where a mark explains it


@dataclass(frozen=True)
class Span:
    """A time on hold, drawn hatched."""

    since: dt.datetime
    until: dt.datetime
    label: str


@dataclass(frozen=True)
class Chart:
    """What is to be drawn, from ``start`` to ``end``; what lies outside is left out."""

    start: dt.datetime  # aware; the days of the axis are those of its zone
    end: dt.datetime  # today's line
    title: str
    description: str  # the same as text, for screen readers
    today: str  # the word at today's line
    day: Callable[[dt.date], str]  # a day of the axis in words, about six letters
    dots: Sequence[Dot] = ()
    marks: Sequence[Mark] = ()
    changes: Sequence[Change] = ()
    spans: Sequence[Span] = ()


def has_room_for_stems(reports: int, width: int) -> bool:
    """Whether a drawing of ``width`` pixels has room for the stems of so many reports."""
    return (width - _RIGHT - _LEFT) / max(reports, 1) >= MIN_STEM_WIDTH


def draw_chart(
    chart: Chart,
    *,
    width: int = 680,
    height: int = 176,
    text: int = _TEXT,
    name: str = "chart",
    colors: Mapping[str, str] | None = None,
) -> str:
    """Draw an SVG.

    Args:
        width: of the whole, in pixels, 160 or more; a narrow one has fewer dates, and no stems where dots are crowded.
        height: from no pain to the worst, in pixels, 40 or more. Flags and dates come on top of it.
        text: the size of its words in pixels, 8–16, for which room is kept; the style sheet sets the same.
        name: begins the ids of its title and description; another one for each drawing of a page.
        colors: presentation attributes by part, such as PLAIN; None: classes ``chart-<part>`` only.

    Returns:
        One ``<svg>`` element, well-formed whatever the words are.
    """
    return _Drawing(chart, width, height, text, colors).svg(name)


class _Drawing:
    def __init__(self, chart: Chart, width: int, height: int, text: int, colors: Mapping[str, str] | None) -> None:
        self.chart, self.width, self.colors = chart, width, colors
        self.letter = text * _LETTER
        self.span = max((chart.end - chart.start) / dt.timedelta(days=1), 1 / 24)  # days
        self.dots = sorted((dot for dot in chart.dots if self.inside(dot.at)), key=lambda dot: dot.at)
        self.changes = sorted((one for one in chart.changes if self.inside(one.at)), key=lambda one: one.at)
        self.marks, lanes = self.in_lanes([mark for mark in chart.marks if self.inside(mark.at)])
        self.top = 8 + lanes * _LANE + (16 if any(one.label for one in self.changes) else 0)
        self.ground = self.top + height
        self.right = width - _RIGHT
        crowd = (self.right - _LEFT) / max(len(self.dots), 1)  # px that each report has
        self.stems = has_room_for_stems(len(self.dots), width)
        self.size = min(3.5, max(1.6, 0.55 * crowd))

    def inside(self, at: dt.datetime) -> bool:
        return self.chart.start <= at <= self.chart.end

    def x(self, at: dt.datetime) -> float:
        share = (at - self.chart.start) / dt.timedelta(days=self.span)
        return round(_LEFT + (self.width - _RIGHT - _LEFT) * share, 1)

    def y(self, score: float) -> float:
        return round(self.ground - (self.ground - self.top) * min(max(score, 0), WORST_PAIN) / WORST_PAIN, 1)

    def in_lanes(self, marks: Sequence[Mark]) -> tuple[list[tuple[Mark, float, int]], int]:
        """Each mark with its place along and its lane, so that none covers another; and how many lanes."""
        ends: list[float] = []
        placed = []
        for mark in sorted(marks, key=lambda mark: mark.at):
            along = min(max(self.x(mark.at), _LEFT), self.width - _RIGHT)
            lane = next((lane for lane, end in enumerate(ends) if end <= along), len(ends))
            ends[lane:lane + 1] = [along + _LANE]  # fmt: skip
            placed.append((mark, along, lane))
        return placed, len(ends)

    # -- parts -----------------------------------------------------------------------------------

    def attributes(self, part: str) -> str:
        return f'class="chart-{part}"' if self.colors is None else self.colors.get(part, "")

    def path(self, part: str, d: str) -> str:
        return f'<path {self.attributes(part)} d="{d}"/>'

    def text(self, part: str, x: float, y: float, words: str, anchor: str = "middle") -> str:
        return f'<text {self.attributes(part)} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{_safe(words)}</text>'

    def svg(self, name: str) -> str:
        high = self.ground + _FOOT
        parts = [*self.frame(), *self.pauses(name), *self.level(), *self.dose(), *self.reports(), *self.flags()]
        return (
            f'<svg class="pain-chart" viewBox="0 0 {self.width} {high:g}" width="{self.width}" height="{high:g}" '
            f'role="img" aria-labelledby="{_safe(name)}-title {_safe(name)}-description" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="{_safe(name)}-title">{_safe(self.chart.title)}</title>'
            f'<desc id="{_safe(name)}-description">{_safe(self.chart.description)}</desc>{"".join(parts)}</svg>'
        )

    def frame(self) -> Iterator[str]:
        """The scale, the dates, and today as the plumb line."""
        for score in (0, 5, WORST_PAIN):
            yield self.path("grid", f"M{_LEFT:g} {self.y(score):g}H{self.right:g}")
            yield self.text("words", _LEFT - 6, self.y(score) + 4, str(score), "end")
        words = len(self.chart.today) * self.letter
        for day, x in self.dates():
            if x + len(self.chart.day(day)) * self.letter / 2 < self.right - words - 4:
                yield self.path("grid", f"M{x:g} {self.ground:g}v4")
                yield self.text("words", x, self.ground + 18, self.chart.day(day))
        yield self.path("today", f"M{self.right:g} {self.top:g}V{self.ground + 3:g}")
        yield self.path("today", f"M{self.right:g} {self.ground + 2:g}l3.5 4l-3.5 6l-3.5 -6z")
        yield self.text("words", self.right - 6, self.ground + 18, self.chart.today, "end")

    def dates(self) -> list[tuple[dt.date, float]]:
        """Midnights evenly apart, back from today, as many as the width bears."""
        room = max(2, int((self.right - _LEFT) // 70))
        step = next((step for step in _STEPS if self.span / step <= room), int(self.span // room) + 1)
        time_zone, dates = self.chart.start.tzinfo, []
        day = self.chart.end.astimezone(time_zone).date()
        for back in range(step, int(self.span) + 1, step):
            midnight = dt.datetime.combine(day - dt.timedelta(days=back), dt.time.min, time_zone)
            if self.inside(midnight) and self.x(midnight) >= _LEFT + 6:
                dates.append((midnight.date(), self.x(midnight)))
        return dates[::-1]

    def pauses(self, name: str) -> Iterator[str]:
        """Each span hatched between two hairs, with its word where there is room."""
        visible = [span for span in self.chart.spans if span.until > self.chart.start and span.since < self.chart.end]
        if visible:
            lines = self.path("hatch", f"M0 {_HATCH:g}L{_HATCH:g} 0")
            box = f'width="{_HATCH:g}" height="{_HATCH:g}" patternUnits="userSpaceOnUse"'
            yield f'<defs><pattern id="{_safe(name)}-hatch" {box}>{lines}</pattern></defs>'
        for span in visible:
            x, end = self.x(max(span.since, self.chart.start)), self.x(min(span.until, self.chart.end))
            box = f'x="{x:g}" y="{self.top:g}" width="{end - x:g}" height="{self.ground - self.top:g}"'
            yield f'<rect fill="url(#{_safe(name)}-hatch)" {box}/>'
            yield self.path("span", f"M{x:g} {self.top:g}V{self.ground:g}M{end:g} {self.top:g}V{self.ground:g}")
            wide = len(span.label) * self.letter + 8
            if span.label and wide <= end - x:
                plate = f'x="{(x + end - wide) / 2:g}" y="{self.ground - 24:g}" width="{wide:g}" height="20" rx="4"'
                yield f"<rect {self.attributes('plate')} {plate}/>"
                yield self.text("words", (x + end) / 2, self.ground - 10, span.label)

    def level(self) -> Iterator[str]:
        """The usual and how far the days swing around it, and the recent average; a gap stays empty."""
        for run in _runs([dot for dot in self.dots if dot.usual is not None]):
            upper = [(self.x(dot.at), self.y((dot.usual or 0) + (dot.swing or 0))) for dot in run]
            lower = [(self.x(dot.at), self.y((dot.usual or 0) - (dot.swing or 0))) for dot in run]
            if len(run) > 1:
                yield self.path("band", _line([*upper, *lower[::-1]]) + "z")
                yield self.path("usual", _line([(self.x(dot.at), self.y(dot.usual or 0)) for dot in run]))
        for run in _runs([dot for dot in self.dots if dot.recent is not None]):
            if len(run) > 1:
                yield self.path("recent", _line([(self.x(dot.at), self.y(dot.recent or 0)) for dot in run]))

    def dose(self) -> Iterator[str]:
        """Each new dose as a hairline; its words where there is room for them."""
        taken = -1.0
        for change in self.changes:
            x, wide = self.x(change.at), len(change.label) * self.letter
            yield self.path("change", f"M{x:g} {self.top - 12:g}V{self.ground:g}")
            begin = x + 4 if x + 4 + wide <= self.width else x - 4 - wide
            if begin > taken and begin >= 0:
                yield self.text("words", begin, self.top - 4, change.label, "start")
                taken = begin + wide + 6

    def reports(self) -> Iterator[str]:
        """A dot for each, a stem with a head to the pain after, a ring where a flag rests on it."""
        r = self.size
        for dot in self.dots:
            if dot.score is None:
                continue
            x, y = self.x(dot.at), self.y(dot.score)
            if self.stems and dot.before is not None and dot.after is not None:
                yield self.stem(x, y, self.y(dot.after))
            yield f'<circle {self.attributes("dot")} cx="{x:g}" cy="{y:g}" r="{r:g}"/>'
            if dot.evidence:
                yield f'<circle {self.attributes("ring")} cx="{x:g}" cy="{y:g}" r="{r + min(3.0, r):g}"/>'

    def stem(self, x: float, y: float, to: float) -> str:
        """From before to after: a head that points down for better and up for worse; a bar for the same."""
        half, long = self.size * 0.9, min(self.size * 1.8, abs(to - y))
        if to == y:
            return self.path("same", f"M{x - half - 2:g} {y:g}h{2 * half + 4:g}")
        part, back = ("down", -long) if to > y else ("up", long)
        return self.path(part, f"M{x:g} {y:g}V{to:g}l{-half:g} {back:g}h{2 * half:g}l{-half:g} {-back:g}")

    def flags(self) -> Iterator[str]:
        """Numbered marks above, each with a hair down to its moment."""
        for mark, x, lane in self.marks:
            y, past = 12 + lane * _LANE, "-past" if mark.past else ""
            yield self.path("grid", f"M{x:g} {y + 8:g}V{self.ground:g}")
            if mark.note:
                box = f'x="{x - 8:g}" y="{y - 8:g}" width="16" height="16" rx="3"'
                yield f"<rect {self.attributes('note')} {box}/>"
                yield self.text("number-note", x, y + 4, mark.text)
                continue
            yield f'<circle {self.attributes("mark" + past)} cx="{x:g}" cy="{y:g}" r="8"/>'
            yield self.text("number" + past, x, y + 4, mark.text)


def _runs(dots: Sequence[Dot]) -> Iterator[list[Dot]]:
    """Dots in order, cut where nobody reported for longer than GAP."""
    run = list(dots[:1])
    for earlier, later in pairwise(dots):
        if later.at - earlier.at > GAP:
            yield run
            run = []
        run.append(later)
    if run:
        yield run


def _line(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)


def _safe(text: str) -> str:
    """Text as XML bears it: no markup, and no control characters."""
    return escape(_NOT_IN_XML.sub("", text))
