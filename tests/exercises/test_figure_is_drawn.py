"""A pose becomes an SVG that is well-formed, says what it shows, and takes its colours from where it stands."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typst
from hypothesis import given, settings, strategies as st

from exercises.figure import ON_DARK, ON_PAGE, ON_PAPER, STYLES, Pose, draw

from .poses import any_pose, pictures

STYLESHEET = Path(__file__).resolve().parents[2] / "clinic" / "static" / "clinic" / "figure.css"
SVG = "{http://www.w3.org/2000/svg}"
# What XML can say at all: no control characters.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


@settings(deadline=None)
@given(any_pose(), WORDS.filter(bool), WORDS)
def test_any_pose_is_drawn_with_its_words(pose, title, shows):
    root = read(draw(pose, title=title, shows=shows))
    assert root.get("viewBox") == "0 0 400 300"
    assert root.get("role") == "img"
    assert [child.text or "" for child in root[:2]] == [title, shows]
    assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert "nan" not in draw(pose)


def test_without_a_title_it_is_hidden_from_a_screen_reader():
    root = read(draw(Pose(), shows="Nobody hears this."))
    assert root.get("aria-hidden") == "true"
    assert root.find(f"{SVG}title") is None


def test_two_pictures_share_a_page():
    """Their ids begin with their names, and every id that is referred to is there."""
    page = "".join(draw(pose, title=key, name=key) for key, pose in pictures().items())
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 40
    named = [name for names in re.findall(r'aria-labelledby="([^"]+)"', page) for name in names.split()]
    assert set(named + re.findall(r"url\(#([^)]+)\)", page)) == set(ids)


@settings(deadline=None)
@given(any_pose())
def test_in_a_page_it_needs_nothing_that_the_content_policy_forbids(pose):
    svg = draw(pose, title="Bend", colours=ON_PAGE)
    assert "style" not in svg
    assert "var(" not in svg
    assert "<text" not in svg


@settings(deadline=None)
@given(any_pose())
def test_on_paper_it_knows_no_stylesheet(pose):
    assert "class=" not in draw(pose, title="Bend", colours=ON_PAPER).replace('class="figure"', "")


def test_the_stylesheet_colours_every_look_and_no_other():
    rules = re.findall(r"((?:\.fig-[a-z-]+,?\s*)+)\{\s*(fill|stroke):", STYLESHEET.read_text())
    painted = {(name, what) for names, what in rules for name in re.findall(r"\.fig-([a-z-]+)", names)}
    wanted = {(name.replace("_", "-"), "fill") for name, (fill, _, _, _) in STYLES.items() if fill}
    wanted |= {(name.replace("_", "-"), "stroke") for name, (_, stroke, _, _) in STYLES.items() if stroke}
    assert painted == wanted


def test_at_night_and_on_paper_the_same_parts_have_colours():
    assert vars(ON_DARK).keys() == vars(ON_PAPER).keys()
    same = {name for name, colour in vars(ON_DARK).items() if colour == vars(ON_PAPER)[name]}
    assert same == {"classes"}


def test_strokes_are_the_same_everywhere():
    """The line of the body, of the back, of an arrow and of the floor is six wide."""
    assert {STYLES[name][2] for name in ("edge", "back", "back_wrong", "arrow", "arrow_wrong", "floor", "mat")} == {6}


@pytest.mark.parametrize("key", sorted(pictures()))
def test_paper_takes_every_picture(key, tmp_path):
    """typst is what sets the handout."""
    (tmp_path / "figure.svg").write_text(draw(pictures()[key], title=key, colours=ON_PAPER))
    (tmp_path / "page.typ").write_text('#image("figure.svg")')
    png = typst.compile(str(tmp_path / "page.typ"), format="png", ppi=20)
    assert png.startswith(b"\x89PNG")


def test_what_is_wrong_has_a_sign_and_not_a_colour_alone():
    assert 'class="fig-cross"' in draw(Pose(wrong=("back",)))
    assert 'class="fig-cross"' not in draw(Pose())


def test_a_muscle_that_let_go_is_drawn_otherwise_than_one_that_works():
    works = draw(Pose(muscles=("quadriceps",)))
    let_go = draw(Pose(soft=("quadriceps",)))
    assert "fig-quadriceps" in works
    assert "stroke-dasharray" not in works
    assert "fig-quadriceps" not in let_go
    assert "stroke-dasharray" in let_go
