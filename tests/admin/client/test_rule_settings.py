"""The rule settings of one client: two choices, their measured price, and the reason of each change."""

import re

import pytest

from clinic.flags.rule_tuning import set_clinic_rule_settings
from clinic.flags.trend import FALSE_FLAGS_PER_YEAR
from clinic.models import Practitioner, RuleSettings
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

FEW = {"sensitivity": "few", "smallest_rise": "1.5", "reason": "Her days differ a lot."}


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def change_settings(alice, cast, **over):
    return alice.post(url("rule_settings", cast.dana.pk), {**FEW, **over}, follow=True)


def checked(page):
    """The values of the radio buttons that are chosen."""
    buttons = re.findall(r'<input type="radio"[^>]*>', page.content.decode())
    return [re.search(r'value="([^"]*)"', button)[1] for button in buttons if " checked" in button]


def test_each_setting_stands_there_with_its_measured_price(cast, alice):
    page = page_text(alice.get(url("rule_settings", cast.dana.pk)))
    assert all(f"{price:.2f}" in page for price in FALSE_FLAGS_PER_YEAR.values())
    assert "Now: standard, from 1 point up." in page
    assert "Never: the rule listens as it comes." in page


def test_turning_them_needs_a_reason_and_is_told_on_the_clients_page(cast, alice):
    page = change_settings(alice, cast)
    assert flash_messages(page) == ["Dana: the rule listens as chosen from now on."]
    assert "Few false flags: later, from 1.5 points up" in page_text(page)
    settings = RuleSettings.objects.get()
    assert (settings.sensitivity, settings.smallest_rise, settings.reason, settings.by) == (
        "few",
        1.5,
        FEW["reason"],
        cast.alice,
    )


def test_the_clients_page_says_the_clinics_settings_where_the_client_has_none(cast, alice):
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    set_clinic_rule_settings(
        olga.clinic, sensitivity="early", smallest_rise=2.0, reason="We want to know soon.", by=olga
    )
    page = page_text(alice.get(url("client", cast.dana.pk)))
    assert "Early: more false flags, from 2 points up" in page
    assert f"{FALSE_FLAGS_PER_YEAR['early', 2.0]:.2f}" in page
    change_settings(alice, cast)
    assert "Few false flags: later, from 1.5 points up" in page_text(alice.get(url("client", cast.dana.pk)))


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_without_a_reason_nothing_is_stored_and_what_was_chosen_stays(cast, alice, reason):
    page = change_settings(alice, cast, reason=reason)
    assert list(page.context["form"].errors) == ["reason"]
    assert checked(page) == ["few", "1.5"]
    assert not RuleSettings.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("sensitivity", ""), ("sensitivity", "loud"), ("smallest_rise", ""), ("smallest_rise", "nan")],
)
def test_only_what_was_measured_can_be_chosen(cast, alice, field, value):
    page = change_settings(alice, cast, **{field: value})
    assert list(page.context["form"].errors) == [field]
    assert not RuleSettings.objects.exists()


def test_every_turn_stays_below_with_who_and_why(cast, alice):
    change_settings(alice, cast)
    change_settings(alice, cast, sensitivity="early", reason="We see her every week now.")
    page = page_text(alice.get(url("rule_settings", cast.dana.pk)))
    early = page.index("Alice: early: more false flags, from 1.5 points up. We see her every week now.")
    assert early < page.index("Alice: few false flags: later, from 1.5 points up. Her days differ a lot.")


def test_it_comes_filled_in_from_the_page_that_tried_it(cast, alice):
    address = url("rule_settings", cast.dana.pk)
    assert checked(alice.get(address, {"sensitivity": "early", "smallest_rise": "2.0"})) == ["early", "2.0"]
    assert not RuleSettings.objects.exists()


@pytest.mark.parametrize("nonsense", [{"sensitivity": "<b>"}, {"smallest_rise": "1e999"}, {"smallest_rise": "a\x00"}])
def test_nonsense_in_the_address_leaves_what_is_in_force(cast, alice, nonsense):
    page = alice.get(url("rule_settings", cast.dana.pk), nonsense)
    assert page.status_code == 200
    assert page.context["form"].initial == {"sensitivity": "standard", "smallest_rise": "1.0"}
