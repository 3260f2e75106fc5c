"""The link at the foot of the daily mail: a button stops it, a mail provider's one click too."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from clinic.bounces import handling
from clinic.mail import signed_links
from clinic.mail.signed_links import Purpose
from clinic.models import AuditEntry, Digest, Practitioner
from tests.portal.visit import stranger, words, writes


@pytest.fixture
def path(cast):
    return signed_links.build_path(Purpose.STOP_DIGEST, cast.alice.pk)


def wanted(who):
    return Practitioner.objects.values_list("digest_wanted", flat=True).get(pk=who.pk)


def test_a_look_shows_a_button_and_changes_nothing(cast, path):
    browser = stranger()
    assert "Stop the daily mail?" in words(browser.get(path))
    assert writes(browser, path) == []
    assert wanted(cast.alice) is True


def test_the_button_stops_it_and_offers_it_again_at_the_same_hour(cast, path):
    Practitioner.objects.filter(pk=cast.alice.pk).update(digest_at=dt.time(9, 15), digest_days="mon")
    browser = stranger()
    assert browser.post(path, {"wanted": "no"})["Location"] == path
    assert wanted(cast.alice) is False
    assert "You get no daily mail" in words(browser.get(path))
    browser.post(path, {"wanted": "yes"})
    cast.alice.refresh_from_db()
    assert (cast.alice.digest_wanted, cast.alice.digest_at, cast.alice.digest_days) == (True, dt.time(9, 15), "mon")


def test_one_click_of_a_mail_provider_stops_it_and_nothing_else(cast, path):
    answer = stranger().post(path, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    cast.alice.refresh_from_db()
    assert (cast.alice.digest_wanted, cast.alice.urgent_mail, wanted(cast.bob)) == (False, True, True)


def test_twice_is_one_act_in_the_book(cast, path):
    for _click in range(2):
        stranger().post(path, {"List-Unsubscribe": "One-Click"})
    assert AuditEntry.objects.get(verb="digest_turned_off").actor_id is None


def test_it_works_for_good(cast, path):
    with time_machine.travel(timezone.now() + dt.timedelta(days=3000)):
        stranger().post(path, {"wanted": "no"})
    assert wanted(cast.alice) is False


def test_the_link_of_who_works_here_no_more_looks_like_an_altered_one(cast, path):
    Practitioner.objects.filter(pk=cast.alice.pk).update(active=False)
    answer = stranger().post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 404
    assert words(answer) == words(stranger().get("/m/d1:abc:def/"))


def test_the_page_speaks_the_practitioners_language(cast, path):
    Practitioner.objects.filter(pk=cast.alice.pk).update(language="es")
    assert stranger().get(path)["Content-Language"] == "es"


def test_a_complaint_stops_it_and_a_mailbox_that_is_gone_ends_it(cast):
    now = timezone.now()
    row = Digest.objects.create(
        practitioner=cast.alice, day=now.date(), due_at=now, try_at=now, expires_at=now, message_id="x@y", state="sent",
        sent_at=now,
    )  # fmt: skip
    assert handling.find_message(["x@y"], now=now) == row
    assert handling.record_complaint(row, now=now)
    assert wanted(cast.alice) is False
    assert handling.record_bounce(row, "550 5.1.1 gone", hard=True, now=now)
    assert Practitioner.objects.get(pk=cast.alice.pk).undeliverable_since == now
