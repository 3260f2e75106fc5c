"""The link at the foot of a reminder: a button stops the reminders, a mail provider's one click too."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from clinic.clients import invitations
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Invitation, Reminder, SkipReason
from clinic.reminders import sending
from tests import make
from tests.portal.visit import reminder, stop_link, stranger, words, writes


@pytest.fixture
def path(cast):
    return stop_link(cast.dana)


def wanted(cast):
    return Client.objects.values_list("reminders_wanted", flat=True).get(pk=cast.dana.pk)


def test_a_look_shows_a_button_and_changes_nothing(cast, path):
    browser = stranger()
    assert "Stop reminders?" in words(browser.get(path))
    assert writes(browser, path) == []
    assert browser.head(path).status_code == 200
    assert wanted(cast) is True


def test_the_button_stops_them_and_offers_them_again(cast, path):
    browser = stranger()
    assert browser.post(path, {"wanted": "no"})["Location"] == path
    assert wanted(cast) is False
    assert "You get no reminders" in words(browser.get(path))
    browser.post(path, {"wanted": "yes"})
    assert wanted(cast) is True
    assert "Stop reminders?" in words(browser.get(path))


def test_one_click_of_a_mail_provider_stops_them(cast, path):
    """RFC 8058: a POST with this one field, no cookie, no token, and a plain 200 for an answer."""
    response = stranger().post(path, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert wanted(cast) is False


@pytest.mark.parametrize(
    "form",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},  # as multipart/form-data
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
    ],
)
def test_the_click_may_come_in_both_encodings_and_leaves_no_cookie(cast, path, form):
    response = stranger().post(path, **form)
    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert wanted(cast) is False


def test_one_click_stops_reminders_and_no_other_mail(cast, path):
    row = reminder(make.prescription(cast.dana))
    invitations.resend_invitation(frida := make.invited(cast.alice, "Frida"), by=cast.alice)
    for client in (cast.dana, frida):
        stranger().post(stop_link(client), {"List-Unsubscribe": "One-Click"})
    assert sending.guard([Reminder.objects.get(pk=row.pk)], timezone.now()) == {row.pk: SkipReason.UNSUBSCRIBED}
    assert send_due(Invitation)["sent"] == 1
    assert mail.outbox[-1].to == ["Frida <frida@home.example>"]


def test_stopping_twice_is_one_act_in_the_book(cast, path):
    for _click in range(2):
        stranger().post(path, {"List-Unsubscribe": "One-Click"})
    entry = AuditEntry.objects.get(verb="reminders_turned_off")
    assert (entry.actor_id, entry.target_id) == (None, cast.dana.pk)


def test_the_link_works_for_good(cast, path):
    with time_machine.travel(timezone.now() + dt.timedelta(days=3000)):
        stranger().post(path, {"wanted": "no"})
    assert wanted(cast) is False


def test_only_this_clients_reminders_stop(cast, path):
    stranger().post(path, {"wanted": "no"})
    cast.erin.refresh_from_db()
    assert cast.erin.reminders_wanted is True


def test_an_erased_client_looks_like_an_altered_link(cast, path):
    Client.objects.filter(pk=cast.dana.pk).delete()
    response = stranger().post(path, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 404
    assert words(response) == words(stranger().get("/m/u1:abc:def/"))
