"""Whatever colour a clinic has, what is written in it or on it can be read."""

import pytest

from clinic.models import Clinic
from clinic.practice.colors import DARK_GROUNDS, LIGHT_GROUNDS, MIN_CONTRAST, contrast_ratio, dark_shades, light_shades
from tests import make
from tests.portal.visit import signed_in, stranger, url

COLOURS = ["#1f6f78", "#ffd400", "#ffffff", "#000000", "#777777", "#b3261e", "#9ad0ff", "#00ff66", "#5b2a86", "#e98300"]
INK, INK_IN_THE_DARK = "#1d2a2e", "#eef2f1"


def test_contrast_is_measured_as_wcag_says():
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    ("shades", "grounds", "ink"), [(light_shades, LIGHT_GROUNDS, INK), (dark_shades, DARK_GROUNDS, INK_IN_THE_DARK)]
)
def test_every_pair_of_colours_can_be_read(colour, shades, grounds, ink):
    made = shades(colour)
    pairs = [(made.accent, ground) for ground in (*grounds, made.soft)]
    pairs += [(made.on_accent, made.accent), (made.on_accent, made.strong), (made.on_fill, made.fill), (ink, made.soft)]
    assert {pair: contrast_ratio(*pair) for pair in pairs if contrast_ratio(*pair) < MIN_CONTRAST} == {}


def test_a_light_colour_stays_itself_on_the_main_button_with_dark_words():
    made = light_shades("#ffd400")
    assert (made.fill, made.on_fill) == ("#ffd400", "#14181a")
    assert made.accent != "#ffd400"  # as text it would be lost on white


def test_the_sheet_of_a_colour_can_be_kept_and_holds_no_clinic(db):
    response = stranger().get(url("theme_css", "ffd400"))
    assert (response.status_code, response["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "public" in response["Cache-Control"]
    assert "--accent-fill:#ffd400" in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize("wrong", ["ffd40", "FFD400", "red", "ffd4000"])
def test_anything_else_is_no_colour(db, wrong):
    assert stranger().get(f"/portal/theme/{wrong}.css").status_code == 404


def test_a_page_carries_the_sheet_of_its_clinics_own_colour_only(cast):
    make.prescription(cast.dana)
    assert "/portal/theme/" not in signed_in(cast.dana).get(url("today")).content.decode()
    for kept, shown in (("#FFD400", "/portal/theme/ffd400.css"), ("nonsense", None)):
        Clinic.objects.filter(pk=cast.dana.clinic_id).update(accent=kept[:7])
        page = signed_in(cast.dana).get(url("today")).content.decode()
        assert ("/portal/theme/" in page) == bool(shown)
        assert shown is None or shown in page
