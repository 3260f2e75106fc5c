"""The clinic's page: an owner settles it card by card, colleagues read it, strangers find nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.admin.practice.settings_forms import CARDS
from clinic.flags.trend import FALSE_FLAGS_PER_YEAR
from clinic.models import AdviceText, AuditEntry, Clinic, Practitioner, RuleSettings
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url
from tests.exercises.test_strip_metadata import png

PHONES = {"card": "phones", "phone": "555 0123", "phone_after_hours": "555 0911", "after_hours": "nights"}


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


@pytest.fixture
def owner(olga):
    make.exercise()
    return signed_in(olga)


def pages(clinic):
    """Every address of one clinic's settings, and what an owner may post there."""
    return {
        url("clinic_settings", clinic): PHONES,
        url("accent_preview", clinic): None,
        url("dismiss_onboarding", clinic): {},
        url("clinic_rule_settings", clinic): {"sensitivity": "few", "smallest_rise": "2.0", "reason": "x"},
        url("advice_text", clinic, "go_on", "en"): {"text": "Well done."},
    }


def everything():
    return (
        list(Clinic.objects.order_by("pk").values()),
        *(model.objects.count() for model in (AdviceText, RuleSettings, AuditEntry)),
    )


def test_a_card_is_saved_alone_and_says_so(olga, owner):
    page = owner.post(url("clinic_settings", olga.clinic_id), PHONES, follow=True)
    assert flash_messages(page) == ["Phones: saved."]
    assert page.redirect_chain[-1][0].endswith("#phones")
    olga.clinic.refresh_from_db()
    assert (olga.clinic.phone, olga.clinic.phone_after_hours) == ("555 0123", "555 0911")
    assert olga.clinic.name == "Riverside Physio"


def test_what_stands_in_a_card_is_stored_as_it_is(olga, owner):
    """Saved without a change, nothing changes and nothing is audited."""
    before = everything()
    address = url("clinic_settings", olga.clinic_id)
    cards = owner.get(address).context["cards"]
    assert [card.key for card in cards] == [kind.key for kind in CARDS]
    for card in cards:
        if card.key != "logo":
            given = {name: card[name].value() for name in card.fields}
            sent = {
                name: "on" if value is True else value for name, value in given.items() if value not in (None, False)
            }
            assert flash_messages(owner.post(address, {"card": card.key, **sent}, follow=True)) == [
                f"{card.title}: saved."
            ]
    assert everything() == before


@pytest.mark.parametrize(
    ("card", "sent", "message"),
    [
        ("phones", {"phone": "call me"}, "This is no phone number."),
        ("color", {"accent": "#808080"}, "Near it, this can:"),
        ("quiet-hours", {"quiet_from": "21:00"}, "Give both times, or neither."),
        ("retention", {"retention_years": "2"}, "Not below 10 years"),
        ("flags", {"escalation_hours": "999"}, "168"),
        ("portal", {"featured_exercise": "handstand"}, "Select a valid choice"),
        ("logo", {}, "Choose a file."),
        ("name", {"name": "", "email": "x", "language": "en", "time_zone": "UTC"}, "This field is required."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_page_shows_what_is_stored(olga, owner, card, sent, message):
    before = everything()
    page = owner.post(url("clinic_settings", olga.clinic_id), {"card": card, **sent})
    assert page.status_code == 200
    assert message in page_text(page)
    assert "Nothing is stored yet." in page_text(page)
    assert everything() == before


def test_no_years_means_that_records_are_kept(olga, owner):
    for empty in ("", "0"):
        owner.post(url("clinic_settings", olga.clinic_id), {"card": "retention", "retention_years": empty})
        olga.clinic.refresh_from_db()
        assert olga.clinic.retention_years is None


def test_a_logo_is_uploaded_shown_and_removed(olga, owner, tmp_path):
    address = url("clinic_settings", olga.clinic_id)
    owner.post(address, {"card": "logo", "logo": SimpleUploadedFile("me.png", png())})
    olga.clinic.refresh_from_db()
    assert olga.clinic.logo.url in owner.get(address).content.decode()
    owner.post(address, {"card": "logo", "remove": "yes"})
    olga.clinic.refresh_from_db()
    assert not olga.clinic.logo


def test_a_colour_is_drawn_for_the_script_and_nonsense_is_the_clinics_own(olga, owner):
    address = url("accent_preview", olga.clinic_id)
    assert 'fill="#aa2200"' in owner.get(address, {"accent": "#aa2200"}).content.decode()
    for nonsense in ("red", '#"><script>', "#12345", "#808080\n"):
        assert "script" not in (drawn := owner.get(address, {"accent": nonsense}).content.decode())
        assert "1F6F78" in drawn
    assert "can be read well" in page_text(owner.get(address, {"accent": "#808080"}))


def test_a_card_that_is_none_is_not_found(olga, owner):
    assert owner.post(url("clinic_settings", olga.clinic_id), {"card": "users"}).status_code == 404
    assert owner.post(url("clinic_settings", olga.clinic_id)).status_code == 404


def test_the_clinics_knobs_are_turned_with_their_prices_beside(olga, owner):
    address = url("clinic_rule_settings", olga.clinic_id)
    before = page_text(owner.get(address))
    assert "Now: standard, from 1 point up." in before
    assert all(f"{price:.2f}" in before for price in FALSE_FLAGS_PER_YEAR.values())
    page = owner.post(address, {"sensitivity": "few", "smallest_rise": "2.0", "reason": "Calls."}, follow=True)
    assert flash_messages(page) == ["The rule listens as chosen from now on."]
    assert "Few false flags: later, from 2 points up" in page_text(page)
    assert "Olga: few false flags: later, from 2 points up. Calls." in page_text(owner.get(address))


def test_the_owner_of_several_clinics_chooses(olga, owner):
    there = make.clinic("Lakeside")
    Practitioner.objects.create(user=olga.user, clinic=there, name="Olga", role=Practitioner.Role.PRACTITIONER)
    page = owner.get(url("clinic"))
    assert "Which clinic?" in page_text(page)
    assert f'href="{url("clinic_settings", there.pk)}"' in page.content.decode()
    before = everything()
    assert owner.post(url("clinic_settings", there.pk), PHONES).status_code == 404  # no owner there
    assert everything() == before


@pytest.mark.parametrize("role", [Practitioner.Role.PRACTITIONER, Practitioner.Role.FRONT_DESK])
def test_colleagues_read_how_the_clinic_is_reached_and_change_nothing(cast, olga, role):
    person = signed_in(make.practitioner(olga.clinic, "Peer", role))
    page = person.get(url("clinic"))
    assert "555 0100" in page_text(page)
    assert "Pain went from 5 to 3. Good: carry on as planned." in page_text(page)
    assert "<form" not in page.content.decode().split("<main")[1]
    before = everything()
    for address, sent in pages(olga.clinic_id).items():
        if address != url("clinic_settings", olga.clinic_id):
            assert person.get(address).status_code in {404, 405}
        if sent is not None:
            assert person.post(address, sent).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("who", ["charlie", "client", "nobody"])
def test_strangers_find_nothing(cast, olga, client, who):
    browser = {"charlie": signed_in(cast.charlie), "client": signed_in(cast.dana.user), "nobody": client}[who]
    before, refused = everything(), {302} if who == "nobody" else {404, 405}
    for address, sent in pages(olga.clinic_id).items():
        assert browser.get(address).status_code in refused
        if sent is not None:
            assert browser.post(address, sent).status_code in refused
    assert everything() == before


def test_an_act_needs_the_forms_own_token(olga, owner):
    before, owner.handler.enforce_csrf_checks = everything(), True
    for address, sent in pages(olga.clinic_id).items():
        if sent is not None:
            assert owner.post(address, sent).status_code == 403
    assert everything() == before
