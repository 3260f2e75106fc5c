"""One's own name, language and mail; absences with a cover, by oneself or by an owner; and nobody else's business."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from clinic.models import Absence, AuditEntry, Practitioner
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

DAY = dt.timedelta(days=1)
MAIL = {"card": "mail", "at_once": "on", "digest": "on", "digest_at": "08:15", "digest_days": ["mon", "thu"]}
ROUTES = ["member_settings", "change_absence", "end_absence"]


def today():
    return timezone.now().date()


def absence_data(cover=None, first=0, last=3):
    return {
        "card": "absence",
        "starts_on": f"{today() + first * DAY}",
        "ends_on": f"{today() + last * DAY}",
        "cover": cover.pk if cover else "",
    }


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def olivia(cast):
    return make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)


@pytest.fixture
def absence(cast, alice):
    alice.post(url("my_settings"), absence_data(cast.bob))
    return Absence.objects.get()


def reload(who):
    return Practitioner.objects.get(pk=who.pk)


def test_it_is_in_the_navigation(alice):
    assert f'href="{url("my_settings")}"' in alice.get(url("index")).content.decode()


def test_name_and_language(cast, alice):
    page = alice.post(url("my_settings"), {"card": "profile", "name": " Alice  Moreau ", "language": "es"}, follow=True)
    assert flash_messages(page) == ["Kept."]
    assert (reload(cast.alice).name, reload(cast.alice).mail_language) == ("Alice Moreau", "es")
    assert AuditEntry.objects.get(verb="profile_changed").actor == cast.alice.user


@pytest.mark.parametrize(
    ("invalid", "field"), [({"name": " "}, "name"), ({"language": "xx"}, "language"), ({"name": "x" * 121}, "name")]
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(cast, alice, invalid, field):
    page = alice.post(url("my_settings"), {"card": "profile", "name": "Al", "language": "", **invalid})
    assert list(page.context["forms"]["profile"].errors) == [field]
    assert reload(cast.alice).name == "Alice"


def test_the_hour_and_the_days_of_the_daily_mail(cast, alice):
    Practitioner.objects.filter(pk=cast.alice.pk).update(
        next_digest_at=timezone.now(), undeliverable_since=timezone.now()
    )
    alice.post(url("my_settings"), MAIL)
    kept = reload(cast.alice)
    assert (kept.digest_wanted, kept.digest_at, kept.digest_days) == (True, dt.time(8, 15), "mon,thu")
    assert (kept.next_digest_at, kept.undeliverable_since) == (None, None)


def test_without_a_day_there_is_no_daily_mail_to_choose(cast, alice):
    page = alice.post(url("my_settings"), {**MAIL, "digest_days": []})
    assert list(page.context["forms"]["mail"].errors) == ["digest_days"]


def test_no_daily_mail_keeps_the_days(cast, alice):
    alice.post(url("my_settings"), {"card": "mail", "at_once": "on", "digest_at": "07:30"})
    assert (reload(cast.alice).digest_wanted, reload(cast.alice).digest_days) == (False, "mon,tue,wed,thu,fri")


def test_mail_at_once_stays_on_where_nobody_else_would_be_told(cast, alice):
    assert "It stays on" in page_text(alice.get(url("my_settings")))
    page = alice.post(url("my_settings"), {**MAIL, "at_once": ""})
    assert list(page.context["forms"]["mail"].errors) == ["at_once"]
    assert reload(cast.alice).urgent_mail is True


def test_with_an_owner_to_be_told_it_can_be_switched_off(cast, alice, olivia):
    assert "Without it Olivia is told in your place." in page_text(alice.get(url("my_settings")))
    alice.post(url("my_settings"), {**MAIL, "at_once": ""})
    assert reload(cast.alice).urgent_mail is False
    page = signed_in(olivia).post(url("my_settings"), {**MAIL, "at_once": ""})
    assert list(page.context["forms"]["mail"].errors) == ["at_once"]


def test_an_absence_is_written_down_changed_and_ended(cast, alice, absence):
    page = page_text(alice.get(url("my_settings")))
    assert "Bob covers." in page
    assert "now" in page
    page = alice.post(url("change_absence", absence.pk), absence_data(None, 0, 1), follow=True)
    assert flash_messages(page) == ["The absence is changed."]
    absence.refresh_from_db()
    assert (absence.cover, absence.ends_on) == (None, today() + DAY)
    page = alice.post(url("end_absence", absence.pk), follow=True)
    assert flash_messages(page) == ["The absence has ended. The cover no longer sees these clients."]
    assert "No absence is written down." in page_text(page)
    assert flash_messages(alice.post(url("end_absence", absence.pk), follow=True)) == [
        "Nothing to do: this absence was over."
    ]


def test_the_cover_reads_it_too(cast, absence):
    assert "Covers for Alice from" in page_text(signed_in(cast.bob).get(url("my_settings")))
    assert f"for Alice until {absence.ends_on:%-d %b}" in page_text(signed_in(cast.bob).get(url("index")))


def test_what_the_verb_refuses_stands_at_its_field(cast, alice):
    page = alice.post(url("my_settings"), absence_data(cast.bob, 3, 1))
    assert list(page.context["forms"]["absence"].errors) == ["ends_on"]
    assert not Absence.objects.exists()


@pytest.mark.parametrize("cover", ["999999", "x", "charlie"])
def test_nobody_but_a_colleague_can_be_chosen(cast, alice, cover):
    given = {**absence_data(), "cover": cast.charlie.pk if cover == "charlie" else cover}
    assert list(alice.post(url("my_settings"), given).context["forms"]["absence"].errors) == ["cover"]


def test_an_owner_writes_down_the_absence_of_a_colleague_and_nothing_else_of_theirs(cast, olivia):
    owner, address = signed_in(olivia), url("member_settings", cast.alice.pk)
    assert f'href="{address}"' in owner.get(url("my_settings")).content.decode()
    page = owner.get(address)
    assert list(page.context["forms"]) == ["absence"]
    assert owner.post(address, {"card": "profile", "name": "Eve"}).status_code == 404
    assert owner.post(address, MAIL).status_code == 404
    owner.post(address, absence_data(cast.bob))
    assert Absence.objects.get().practitioner == cast.alice
    assert AuditEntry.objects.get(verb="absence_added").actor == olivia.user


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("who", ["bob", "charlie", "dana"])
def test_it_is_nobody_elses_business(cast, absence, name, who):
    person = getattr(cast, who)
    browser = signed_in(person.user if who == "dana" else person)
    number = cast.alice.pk if name == "member_settings" else absence.pk
    before = Absence.objects.values().get()
    for method in ("get", "post"):
        expected = 405 if name == "end_absence" and method == "get" and who != "dana" else 404
        assert getattr(browser, method)(url(name, number), absence_data(None, 1, 1)).status_code == expected
    assert Absence.objects.values().get() == before


def test_an_owner_of_another_clinic_finds_nothing(cast, absence):
    assert signed_in(cast.charlie).get(url("member_settings", cast.alice.pk)).status_code == 404


def test_a_number_that_is_nobodys_is_not_found(alice):
    for name in ROUTES:
        for number in (0, 987_654, 99_999_999_999_999_999_999):
            assert alice.post(url(name, number), absence_data()).status_code == 404


@pytest.mark.parametrize("name", ROUTES)
def test_an_act_needs_the_forms_own_token(cast, alice, absence, name):
    alice.handler.enforce_csrf_checks = True
    number = cast.alice.pk if name == "member_settings" else absence.pk
    assert alice.post(url(name, number), absence_data()).status_code == 403


def test_the_front_desk_has_a_name_and_a_language(cast):
    desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
    page = signed_in(desk).get(url("my_settings"))
    assert list(page.context["forms"]) == ["profile"]
    assert signed_in(desk).post(url("my_settings"), absence_data(cast.bob)).status_code == 404


def test_who_works_at_two_clinics_has_settings_for_each(cast):
    there = Practitioner.objects.create(user=cast.alice.user, clinic=cast.charlie.clinic, name="Dr Alice")
    alice = signed_in(cast.alice)
    assert url("member_settings", cast.alice.pk) in alice.get(url("member_settings", there.pk)).content.decode()
    alice.post(url("member_settings", there.pk), {"card": "profile", "name": "Alice M", "language": ""})
    assert (reload(there).name, reload(cast.alice).name) == ("Alice M", "Alice")


def test_what_comes_back_is_said(cast, alice):
    Practitioner.objects.filter(pk=cast.alice.pk).update(undeliverable_since=timezone.now())
    assert "Mail to you has come back since" in page_text(alice.get(url("my_settings")))


def test_what_the_daily_mail_would_say_now(cast, alice):
    address = url("digest_preview", cast.alice.pk)
    assert f'href="{address}"' in alice.get(url("my_settings")).content.decode()
    assert "None would come now" in page_text(alice.get(address))
    make.report(make.prescription(cast.dana), 4, 8)
    page = alice.get(address)
    assert "1 client needs you to look." in page.content.decode()
    assert 'sandbox=""' in page.content.decode()
    assert page.context["html"].count("href") == 0
    assert mail.outbox == []


@pytest.mark.parametrize("who", ["bob", "charlie", "olivia"])
def test_the_daily_mail_is_shown_to_its_reader_alone(cast, olivia, who):
    person = olivia if who == "olivia" else getattr(cast, who)
    assert signed_in(person).get(url("digest_preview", cast.alice.pk)).status_code == 404
