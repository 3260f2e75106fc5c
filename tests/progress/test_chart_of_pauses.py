"""On the chart a pause is hatched, and what stands too close together leaves its arrows out."""

import datetime as dt

import pytest

from clinic.progress.svg_chart import Change, Dot, Span, has_room_for_stems
from tests.progress.test_chart_is_drawn import ago, drawn, parts, words


def rects(drawing):
    return [piece for piece in drawing.iter() if piece.tag.endswith("}rect") and "hatch" in piece.get("fill", "")]


def test_a_pause_is_hatched_from_its_first_hour_to_its_last():
    drawing = drawn(spans=[Span(ago(15), ago(3), "paused")])
    (hatched,) = rects(drawing)
    begin, wide = float(hatched.get("x")), float(hatched.get("width"))
    assert (begin, round(begin + wide, 1)) == (346, 605.2)
    assert "paused" in words(drawing)


def test_a_short_pause_has_no_room_for_its_word():
    drawing = drawn(spans=[Span(ago(3.5), ago(3), "paused")])
    assert len(rects(drawing)) == 1
    assert "paused" not in words(drawing)


@pytest.mark.parametrize(("since", "until", "seen"), [(40, 31, 0), (40, 29, 1), (2, -9, 1)])
def test_of_a_pause_only_what_lies_in_the_time_shown_is_drawn(since, until, seen):
    drawing = drawn(spans=[Span(ago(since), ago(until), "")])
    assert len(rects(drawing)) == seen
    assert all(
        22 <= float(one.get("x")) <= float(one.get("x")) + float(one.get("width")) <= 670 for one in rects(drawing)
    )


def test_two_drawings_of_a_page_do_not_share_their_hatch():
    (hatched,) = rects(drawn(spans=[Span(ago(9), ago(3), "")]))
    assert hatched.get("fill") == "url(#one-hatch)"


def test_a_change_that_a_number_explains_is_a_hairline_without_words():
    plain, silent = drawn(), drawn(changes=[Change(ago(9), "")])
    assert len(parts(silent, "change")) == 1
    assert silent.get("height") == plain.get("height")


def test_arrows_are_left_out_where_dots_are_crowded_and_the_dots_stay():
    many = [Dot(ago(1) - dt.timedelta(hours=hour), 5, 3) for hour in range(400)]
    assert not has_room_for_stems(len(many), 680)
    crowded = drawn(*many)
    assert (len(parts(crowded, "dot")), len(parts(crowded, "down"))) == (400, 0)
    few = drawn(*many[:100])
    assert (len(parts(few, "dot")), len(parts(few, "down"))) == (100, 100)
