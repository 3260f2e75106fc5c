"""Pain over time as one drawing: what stands where."""

import datetime as dt
from itertools import pairwise
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from clinic.progress.svg_chart import PRINT_COLORS, Change, Chart, Dot, Mark, draw_chart

NOW = dt.datetime(2026, 3, 31, 18, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def ago(days):
    return NOW - days * DAY


def drawn(*dots, days=30, width=680, colors=None, **more):
    chart = Chart(
        ago(days), NOW, "Pain", "In words.", "today", lambda day: f"{day.day} {day:%b}", dots=dots, **more
    )  # fmt: skip
    return ElementTree.fromstring(draw_chart(chart, width=width, height=100, name="one", colors=colors))


def parts(drawing, part):
    return [piece for piece in drawing.iter() if piece.get("class") == f"chart-{part}"]


def places(drawing, part="dot"):
    return [(float(piece.get("cx")), float(piece.get("cy"))) for piece in parts(drawing, part)]


def words(drawing, part="words"):
    return [piece.text for piece in parts(drawing, part)]


def test_time_goes_to_the_right_and_pain_goes_up():
    (x1, y1), (x2, y2) = places(drawn(Dot(ago(1), 9), Dot(ago(20), 2)))
    assert x1 < x2
    assert y1 > y2


def test_zero_stands_on_the_ground_and_ten_at_the_top():
    (_, lowest), (_, highest) = places(drawn(Dot(ago(2), 0), Dot(ago(1), 10)))
    assert (lowest, highest) == (108, 8)


def test_a_better_session_points_down_and_a_worse_one_up():
    drawing = drawn(Dot(ago(3), 5, 3), Dot(ago(2), 4, 7), Dot(ago(1), 4, 4))
    assert [len(parts(drawing, part)) for part in ("down", "up", "same")] == [1, 1, 1]
    down, up = parts(drawing, "down")[0].get("d"), parts(drawing, "up")[0].get("d")
    assert down != up
    assert (down.count("V78l"), up.count("V38l")) == (1, 1)


def test_who_only_reported_before_has_no_stem():
    drawing = drawn(Dot(ago(3), 5))
    assert [parts(drawing, part) for part in ("down", "up", "same")] == [[], [], []]


def test_a_report_without_the_pain_before_stands_at_the_pain_after():
    assert places(drawn(Dot(ago(1), None, 10))) == [(648.4, 8)]


def test_a_report_without_any_number_is_no_dot_and_never_a_zero():
    assert places(drawn(Dot(ago(1)))) == []


def test_the_usual_is_a_band_and_the_recent_average_a_line():
    known = [Dot(ago(days), 4, recent=4, usual=3, swing=1) for days in (3, 2, 1)]
    drawing = drawn(*known)
    assert [len(parts(drawing, part)) for part in ("band", "usual", "recent")] == [1, 1, 1]
    ys = {float(place.split()[1].rstrip("z")) for place in parts(drawing, "band")[0].get("d")[1:].split("L")}
    assert ys == {68, 88}  # 4 and 2


def test_before_a_usual_is_known_there_is_no_band():
    drawing = drawn(Dot(ago(2), 4, recent=4, swing=1.2), Dot(ago(1), 4, recent=4, swing=1.2))
    assert (parts(drawing, "band"), len(parts(drawing, "recent"))) == ([], 1)


def test_more_than_four_days_without_a_report_stay_empty():
    level = {"recent": 4, "usual": 4, "swing": 1}
    near = drawn(*(Dot(ago(days), 4, **level) for days in (13, 12, 8, 7)))
    far = drawn(*(Dot(ago(days), 4, **level) for days in (13, 12, 7.9, 7)))
    assert [len(parts(drawing, "recent")) for drawing in (near, far)] == [1, 2]
    assert [len(parts(drawing, "band")) for drawing in (near, far)] == [1, 2]


def test_evidence_wears_a_ring():
    drawing = drawn(Dot(ago(2), 4, evidence=True), Dot(ago(1), 4))
    assert places(drawing, "ring") == places(drawing)[:1]


def test_a_flag_is_a_number_above_and_a_resolved_one_is_hollow():
    drawing = drawn(marks=[Mark(ago(9), "1"), Mark(ago(3), "2", past=True)])
    assert (words(drawing, "number"), words(drawing, "number-past")) == (["1"], ["2"])
    assert len(parts(drawing, "mark")) == len(parts(drawing, "mark-past")) == 1


def test_flags_of_the_same_hour_stand_on_top_of_each_other_uncovered():
    drawing = drawn(marks=[Mark(ago(3), str(number)) for number in (1, 2, 3)])
    assert [y for _x, y in places(drawing, "mark")] == [12, 32, 52]
    apart = drawn(marks=[Mark(ago(number), str(number)) for number in (1, 9, 20)])
    assert [y for _x, y in places(apart, "mark")] == [12, 12, 12]


def test_a_new_dose_is_a_hairline_with_its_words():
    drawing = drawn(changes=[Change(ago(9), "2 × 45 s")])
    assert len(parts(drawing, "change")) == 1
    assert "2 × 45 s" in words(drawing)


def test_words_of_doses_that_would_cover_each_other_are_left_to_the_table():
    drawing = drawn(changes=[Change(ago(9), "2 × 45 s"), Change(ago(8.9), "3 × 45 s")])
    assert len(parts(drawing, "change")) == 2
    assert ("2 × 45 s" in words(drawing), "3 × 45 s" in words(drawing)) == (True, False)


def test_today_is_the_plumb_line_at_the_right():
    line, bob = parts(drawn(), "today")
    assert line.get("d").startswith("M670 8V")
    assert bob.get("d").startswith("M670 ")
    assert words(drawn())[-1] == "today"


def test_a_narrow_drawing_has_fewer_dates_and_keeps_them_apart():
    wide, narrow = (
        [(float(word.get("x")), word.text) for word in parts(drawn(width=width), "words") if " " in word.text]
        for width in (680, 320)
    )
    assert len(wide) > len(narrow) >= 2
    assert [text for _x, text in narrow] == ["3 Mar", "17 Mar"]
    for dates in (wide, narrow):
        assert all(later[0] - earlier[0] >= 60 for earlier, later in pairwise(dates))


def test_the_days_of_the_axis_are_those_of_the_clients_own_zone():
    tokyo = ZoneInfo("Asia/Tokyo")
    chart = Chart(ago(7).astimezone(tokyo), NOW.astimezone(tokyo), "", "", "", str)
    drawing = ElementTree.fromstring(draw_chart(chart))
    assert words(drawing)[3:5] == ["2026-03-26", "2026-03-27"]  # at 18:00 in UTC it is the first of April there


def test_what_lies_outside_is_left_out():
    drawing = drawn(Dot(ago(31), 4), Dot(ago(-1), 4), marks=[Mark(ago(31), "1")], changes=[Change(ago(31), "x")])
    assert [parts(drawing, part) for part in ("dot", "mark", "change")] == [[], [], []]


def test_it_says_the_same_in_words():
    drawing = drawn()
    named = drawing.get("aria-labelledby").split()
    assert [piece.text for piece in drawing if piece.get("id") in named] == ["Pain", "In words."]


def test_on_paper_it_brings_its_own_colours():
    plain = drawn(
        Dot(ago(2), 4, 6, 4, 4, 1, True), Dot(ago(1), 4, 2, 4, 4, 1), marks=[Mark(ago(1), "1")], colors=PRINT_COLORS
    )
    pieces = [piece for piece in plain if piece.tag.split("}")[1] in {"path", "circle", "text"}]
    assert all(piece.get("class") is None and (piece.get("fill") or piece.get("stroke")) for piece in pieces)
