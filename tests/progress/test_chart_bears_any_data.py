"""Whatever a record holds, the drawing is whole: well-formed, inside its frame, in order of time."""

import datetime as dt
from xml.etree import ElementTree

from hypothesis import given, strategies as st

from clinic.progress.svg_chart import PRINT_COLORS, Change, Chart, Dot, Mark, Span, draw_chart

NOW = dt.datetime(2026, 3, 31, 18, tzinfo=dt.UTC)

points = st.none() | st.floats(0, 10)
moments = st.floats(-900, 900).map(lambda days: NOW - dt.timedelta(days=days))
dots = st.lists(st.builds(Dot, moments, points, points, points, points, points, st.booleans()), max_size=30)
marks = st.lists(st.builds(Mark, moments, st.text(max_size=2), st.booleans()), max_size=12)
changes = st.lists(st.builds(Change, moments, st.text(max_size=20)), max_size=8)
ends = st.tuples(moments, moments).map(sorted)
spans = st.lists(st.builds(lambda both, word: Span(*both, word), ends, st.text(max_size=9)), max_size=4)
charts = st.builds(
    Chart,
    start=st.floats(0, 800).map(lambda days: NOW - dt.timedelta(days=days)), end=st.just(NOW), title=st.text(),
    description=st.text(), today=st.text(max_size=8), day=st.just(str), dots=dots, marks=marks, changes=changes,
    spans=spans,
)  # fmt: skip
SIZES = st.tuples(st.integers(160, 1600), st.integers(40, 400))


def circles(drawing, part):
    return [
        (float(piece.get("cx")), float(piece.get("cy")))
        for piece in drawing.iter()
        if piece.get("class") == f"chart-{part}"
    ]


@given(charts, SIZES)
def test_every_dot_and_mark_is_inside_the_frame_and_in_order_of_time(chart, size):
    drawing = ElementTree.fromstring(draw_chart(chart, width=size[0], height=size[1]))
    width, height = (float(drawing.get(side)) for side in ("width", "height"))
    for part in ("dot", "ring", "mark", "mark-past"):
        placed = circles(drawing, part)
        assert all(0 <= x <= width and 0 <= y <= height for x, y in placed), part
        assert [x for x, _y in placed] == sorted(x for x, _y in placed), part
    scored = [dot for dot in chart.dots if chart.start <= dot.at <= chart.end and dot.score is not None]
    assert len(circles(drawing, "dot")) == len(scored)


@given(charts, SIZES)
def test_marks_never_cover_each_other(chart, size):
    drawing = ElementTree.fromstring(draw_chart(chart, width=size[0], height=size[1]))
    placed = circles(drawing, "mark") + circles(drawing, "mark-past")
    for number, (x, y) in enumerate(placed):
        assert all((x - x2) ** 2 + (y - y2) ** 2 >= 16**2 for x2, y2 in placed[:number])


@given(charts)
def test_without_a_style_sheet_too(chart):
    drawing = ElementTree.fromstring(draw_chart(chart, width=300, colors=PRINT_COLORS))
    assert all(piece.get("class") is None for piece in drawing)


@given(charts)
def test_the_order_in_which_they_come_does_not_matter(chart):
    given_back = Chart(**{**vars(chart), "dots": list(chart.dots)[::-1]})
    alone = {dot.at for dot in chart.dots}
    if len(alone) == len(chart.dots):
        assert draw_chart(given_back) == draw_chart(chart)
