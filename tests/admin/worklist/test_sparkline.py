"""A month of pain as a small drawing."""

from xml.etree import ElementTree

from clinic.worklist.sparkline import draw_sparkline


def parts(drawing, kind):
    """The drawn pieces of one kind."""
    return [piece for piece in ElementTree.fromstring(drawing).iter() if piece.get("class") == kind]


def test_neighbours_are_joined_and_the_latest_is_a_dot():
    drawing = draw_sparkline([(2, 4), (1, 6), (0, 5)], "three reports")
    assert [line.get("d") for line in parts(drawing, "spark-line")] == ["M108.5 18.4L112.3 13.6", "M112.3 13.6L116 16"]
    (last,) = parts(drawing, "spark-last")
    assert (last.get("cx"), last.get("cy")) == ("116", "16")
    assert parts(drawing, "spark-dot") == []


def test_the_order_in_which_they_come_does_not_matter():
    assert draw_sparkline([(0, 5), (2, 4), (1, 6)], "") == draw_sparkline([(2, 4), (1, 6), (0, 5)], "")


def test_a_gap_stays_empty():
    drawing = draw_sparkline([(20, 2), (19, 2), (3, 5), (2, 5)], "")
    assert len(parts(drawing, "spark-line")) == 2


def test_a_report_alone_between_gaps_is_a_dot():
    drawing = draw_sparkline([(20, 2), (10, 3), (0, 5)], "")
    assert len(parts(drawing, "spark-dot")) == 2
    assert parts(drawing, "spark-line") == []


def test_ten_is_at_the_top_and_zero_at_the_bottom():
    ends = [parts(draw_sparkline([(0, score)], ""), "spark-last")[0].get("cy") for score in (10, 0)]
    assert ends == ["4", "28"]


def test_what_is_older_or_in_the_future_is_left_out():
    drawing = draw_sparkline([(30.1, 9), (30, 4), (-0.1, 9)], "")
    assert [dot.get("cx") for dot in parts(drawing, "spark-last")] == ["4"]


def test_no_report_draws_only_the_ground_and_today():
    drawing = draw_sparkline([], "no report")
    assert [len(parts(drawing, kind)) for kind in ("spark-ground", "spark-today", "spark-last")] == [1, 1, 0]


def test_the_words_are_escaped():
    drawing = draw_sparkline([], '"><script>')
    assert ElementTree.fromstring(drawing).get("aria-label") == '"><script>'


def test_a_wider_drawing_uses_its_room():
    drawing = draw_sparkline([(30, 0), (0, 10)], "", width=560, height=112)
    assert [dot.get("cx") for kind in ("spark-dot", "spark-last") for dot in parts(drawing, kind)] == ["4", "556"]
