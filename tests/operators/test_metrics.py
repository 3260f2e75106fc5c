"""`/metrics`: what the rows say, by kind of mail, and about nobody."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client as Browser
from prometheus_client.parser import text_string_to_metric_families

from clinic import tasks
from clinic.mail.outbox import send_due
from clinic.models import Heartbeat, Invitation, OutboxMessage, Reminder, SkipReason
from clinic.models.outbox import State, database_now
from clinic.operators import metrics
from clinic.operators.readiness import SILENT_FOR
from tests import make
from tests.mail.post import due_reminder

HOUR = dt.timedelta(hours=1)


def values(now=None):
    """Each sample as (name, labels in order of their names) → value, by way of Prometheus' own parser."""
    registry = metrics.CollectorRegistry()
    registry.register(metrics._Collector(list(metrics.build_families(now or database_now()))))
    text = metrics.generate_latest(registry).decode()
    return {
        (
            sample.name.removeprefix("plumbline_"),
            *(value for _name, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def row(cast):
    return due_reminder(cast.dana)


def test_what_is_due_and_since_when(row):
    samples = values(row.due_at + dt.timedelta(seconds=90))
    assert samples["mail_due", "reminder"] == 1
    assert samples["mail_lag_seconds", "reminder"] == 90
    assert (samples["mail_due", "notice"], samples["mail_lag_seconds", "notice"]) == (0, 0)


def test_a_slot_that_no_tick_has_planned_is_due_too(cast):
    due = make.prescription(cast.dana).schedules.get().next_due_at
    samples = values(due + HOUR)
    assert (samples["mail_due", "reminder"], samples["mail_lag_seconds", "reminder"]) == (1, 3600)


def test_what_is_not_due_yet_does_not_count(row):
    assert values(row.due_at - HOUR)["mail_due", "reminder"] == 0


def test_what_was_sent_counts_in_its_windows(row):
    send_due(Reminder, row.due_at)
    for passed, hour, day in ((HOUR / 2, 1, 1), (2 * HOUR, 0, 1), (25 * HOUR, 0, 0)):
        samples = values(row.due_at + passed)
        assert (samples["mail_sent", "reminder", "1h"], samples["mail_sent", "reminder", "24h"]) == (hour, day)
        assert samples["mail_sent", "invitation", "24h"] == 0


def test_each_kind_of_mail_is_told_apart(row, cast):
    for name in ("Frida", "Hugo"):
        make.invited(cast.alice, name)
    send_due(Invitation)
    samples = values()
    assert samples["mail_sent", "invitation", "1h"] == 2
    assert samples["mail_sent", "reminder", "1h"] == 0


@pytest.mark.parametrize("end", ["failed", "bounced", "unknown"])
def test_other_ends_have_a_name_of_their_own_and_no_words_of_a_server(row, end):
    why = "550 dana@home.example is unknown here"
    Reminder.objects.update(state=end, settled_at=row.due_at, status_detail=why)
    samples = values(row.due_at)
    assert samples[f"mail_{end}", "reminder", "1h"] == 1
    assert "dana" not in str(samples)


def test_a_skipped_one_counts_by_its_reason(row):
    Reminder.objects.update(state=State.SKIPPED, settled_at=row.due_at, status_detail=SkipReason.QUIET_HOURS)
    samples = values(row.due_at)
    assert samples["mail_skipped", "reminder", "quiet_hours", "1h"] == 1
    assert not [key for key in samples if key[0] == "mail_skipped" and key[2] != "quiet_hours"]


def test_an_unknown_reason_makes_no_label_of_its_own(row):
    Reminder.objects.update(state=State.SKIPPED, settled_at=row.due_at, status_detail="her back hurts")
    samples = values(row.due_at)
    assert samples["mail_skipped", "reminder", "other", "24h"] == 1
    assert "hurts" not in str(samples)


def test_the_age_of_each_beat_and_infinity_for_none(db):
    now = database_now()
    Heartbeat.objects.beat("plan", now - 2 * HOUR)
    samples = values(now)
    assert samples["heartbeat_age_seconds", "plan"] == 7200
    assert [samples["heartbeat_age_seconds", name] for name in ("send", "sweep", "silence")] == [float("inf")] * 3


def test_labels_name_kinds_windows_reasons_and_ticks_only(row):
    send_due(Reminder, row.due_at)
    labels = {key: set() for key in ("kind", "window", "reason", "tick")}
    for family in metrics.build_families(row.due_at):
        for sample in family.samples:
            for name, value in sample.labels.items():
                labels[name].add(value)
    assert labels["kind"] == {kind.kind for kind in OutboxMessage.kinds()}
    assert labels["tick"] == set(SILENT_FOR)
    assert labels["window"] == {"1h", "24h"}


def test_the_cost_is_the_same_few_queries_whatever_there_is(row, cast, django_assert_num_queries):
    for name in ("Frida", "Hugo"):
        with django_assert_num_queries(18):
            list(metrics.build_families(row.due_at))
        make.invited(cast.alice, name)
        send_due(Reminder, row.due_at)


def get(**headers):
    return Browser().get("/metrics", headers=headers)


@pytest.mark.django_db(transaction=True)
def test_prometheus_reads_the_page():
    tasks.plan()
    answer = get()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    names = {family.name for family in text_string_to_metric_families(answer.content.decode())}
    assert {"plumbline_mail_due", "plumbline_heartbeat_age_seconds"} <= names
    assert all(name.startswith("plumbline_") for name in names)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_with_a_token_only_its_holder_reads_them(settings):
    settings.PLUMBLINE_METRICS_TOKEN = "s3cret-ü"
    for sent in ({}, {"authorization": "Bearer s3cret"}, {"authorization": "Basic s3cret-ü"}, {"authorization": "x"}):
        refused = get(**sent)
        assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
        assert b"plumbline_" not in refused.content
    assert get(authorization="Bearer s3cret-ü").status_code == 200
    assert get(authorization="bearer s3cret-ü").status_code == 200
