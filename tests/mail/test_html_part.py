"""The HTML part: readable where style sheets are dropped, in the dark, and without fetching anything foreign."""

import re

import pytest

from clinic.practice.colors import INK, readable_text_color
from tests import make
from tests.mail import post


def page_attributes(source):
    return set(re.search(r"<html ([^>]*)>", source)[1].split())


def test_the_rules_stand_at_the_elements_and_the_dark_ones_in_the_sheet(cast):
    source = post.html(post.reminder(cast.dana))
    assert re.search(r'<td[^>]*class="content"[^>]*style="[^"]*background-color: #FFFFFF', source)
    [sheet] = re.findall(r"<style>(.*?)</style>", source, re.DOTALL)
    assert "@media (prefers-color-scheme: dark)" in sheet
    assert ".content" in sheet
    assert source.count('name="color-scheme" content="light dark"') == 1


@pytest.mark.parametrize("kind", ["reminder", "invitation", "notice"])
def test_it_has_one_button_and_says_its_language(cast, kind):
    source = post.html(post.each_mail(cast)[kind])
    assert source.count('class="button"') == 1
    assert page_attributes(source) >= {'lang="en"', 'dir="ltr"'}


def test_it_is_written_from_right_to_left_for_a_language_that_is(cast, settings):
    settings.LANGUAGES = [("en", "English"), ("he", "עברית")]
    cast.dana.language = "he"
    cast.dana.save()
    mail = post.reminder(cast.dana)
    assert page_attributes(post.html(mail)) >= {'lang="he"', 'dir="rtl"'}
    assert mail.extra_headers["Content-Language"] == "he"


def test_it_loads_nothing(cast):
    for mail in post.each_mail(cast).values():
        assert post.loads(post.html(mail)) == []


def test_a_clinic_s_logo_comes_from_this_site_and_has_the_name_for_those_who_do_not_see_it(cast, settings):
    settings.PLUMBLINE_BASE_URL = "https://clinic.test"
    cast.dana.clinic.logo = "clinic/logos/river.png"
    cast.dana.clinic.save()
    source = post.html(post.reminder(cast.dana))
    assert post.loads(source) == ["https://clinic.test/media/clinic/logos/river.png"]
    assert 'alt="Riverside Physio"' in source


@pytest.mark.parametrize(("accent", "ink"), [("#1F6F78", "#FFFFFF"), ("#F2D43D", "#1D2A2E"), ("#000000", "#FFFFFF")])
def test_the_button_has_the_clinic_s_colour_and_words_that_can_be_read_on_it(cast, accent, ink):
    cast.dana.clinic.accent = accent
    cast.dana.clinic.save()
    [button] = re.findall(r'<a class="button"[^>]*style="([^"]*)"', post.html(post.reminder(cast.dana)))
    assert f"background-color: {accent}" in button
    assert f"color: {ink}" in button


@pytest.mark.parametrize("accent", ["#757575", "#8F6B2A", "#0F8A6B", "#FFFFFF", "#3366FF", "#7F7F00"])
def test_no_accent_leaves_the_button_s_words_under_four_to_one(accent):
    def luminance(colour):
        shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(accent), luminance(readable_text_color(accent, dark=INK))])
    assert (high + 0.05) / (low + 0.05) >= 4


def test_a_name_in_the_letter_is_text(cast):
    frida = make.invited(cast.alice, "Frida")
    cast.alice.name = "<img src=https://evil.example/x>"
    cast.alice.save()
    frida.refresh_from_db()
    source = post.html(post.invitation(frida))
    assert post.loads(source) == []
    assert "&lt;img src" in source
