"""The drawing of the body: every place can be chosen, none lies on another, each is a target for a thumb."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from clinic.models import Area
from clinic.pain.body_map import AREAS, BANDS, HEIGHT, WIDTH, draw_sides

STYLES = Path("clinic/static/clinic/body_map.css").read_text()
SIDES = {side.name: side for side in draw_sides()}


def test_every_place_that_a_report_may_name_has_a_region_and_no_other():
    assert {region.area for side in draw_sides() for region in side.regions} == set(Area.values)


@pytest.mark.parametrize("area", Area.values)
def test_the_page_colours_each_place_when_it_is_chosen_and_when_the_keyboard_is_on_it(area):
    for state in (":checked", ":focus-visible"):
        assert f'.body-map:has([value="{area}"]{state}) .{area}' in STYLES


@pytest.mark.parametrize("side", SIDES.values(), ids=SIDES)
def test_no_two_regions_of_a_side_overlap(side):
    spans = sorted(
        (min(ys), max(ys)) for ys in ([y for line in region.outlines for _x, y in line] for region in side.regions)
    )
    assert all(bottom < top for (_, bottom), (top, _) in pairwise(spans))


@pytest.mark.parametrize("side", SIDES.values(), ids=SIDES)
def test_the_body_is_the_same_on_both_halves_and_within_its_frame(side):
    for region in side.regions:
        points = {(round(x, 3), round(y, 3)) for line in region.outlines for x, y in line}
        assert points == {(round(WIDTH - x, 3), y) for x, y in points}
        assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in points)


def test_each_place_is_44_pixels_high_and_lies_in_its_row_of_the_page():
    """The page lays a label over each region: its rows are the bands of the drawing, from the head down."""
    rows = [int(row) for row in re.search(r"grid-template-rows: ([\dpx ]+);", STYLES)[1].replace("px", "").split()]
    assert sum(rows) == HEIGHT
    for area, (top, bottom) in BANDS.items():
        assert bottom - top >= 44
        row = int(re.search(rf"\.at-{area}\b[^{{}}]*{{\s*grid-row: (\d);", STYLES)[1])
        assert (sum(rows[: row - 1]), sum(rows[:row])) == (top, bottom)


def test_a_region_fills_most_of_its_band():
    """So that what is seen is what is touched."""
    for side in draw_sides():
        for region in side.regions:
            ys = [y for line in region.outlines for _x, y in line]
            top, bottom = BANDS[region.area]
            assert max(ys) - min(ys) >= 0.85 * (bottom - top)


def test_both_sides_are_drawn_in_order():
    assert list(SIDES) == list(AREAS) == ["front", "back"]
