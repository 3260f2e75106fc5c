"""The verbs behind the settings: what they refuse whoever asks."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from clinic.clients import preferences as client_preferences
from clinic.models import AuditEntry, Client


def test_an_unknown_zone_is_refused_by_field_and_the_row_shows_what_is_stored(cast):
    with pytest.raises(ValidationError) as refused:
        client_preferences.set_hours(
            cast.dana, time_zone="Mars/Olympus", wakes_at=dt.time(7), quiet=None, by=cast.dana.user
        )
    assert list(refused.value.message_dict) == ["time_zone"]
    assert cast.dana.time_zone == Client.objects.get(pk=cast.dana.pk).time_zone == "UTC"


def test_an_unknown_language_is_refused_by_field(cast):
    with pytest.raises(ValidationError) as refused:
        client_preferences.set_language(cast.dana, "xx", by=cast.dana.user)
    assert list(refused.value.message_dict) == ["language"]
    assert cast.dana.language == "en"


def test_today_is_the_clients_own_when_a_pause_is_checked(cast):
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Pacific/Kiritimati")  # 14 hours ahead
    cast.dana.refresh_from_db()
    now = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    with pytest.raises(ValidationError) as refused:
        client_preferences.pause_reminders(cast.dana, dt.date(2026, 3, 3), by=cast.dana.user, now=now)
    assert list(refused.value.message_dict) == ["until"]
    client_preferences.pause_reminders(cast.dana, dt.date(2026, 3, 4), by=cast.dana.user, now=now)


def test_wanting_what_is_so_already_writes_nothing(cast):
    entries = AuditEntry.objects.count()
    assert client_preferences.set_reminders_wanted(cast.dana, True, by=None) is False
    assert AuditEntry.objects.count() == entries
