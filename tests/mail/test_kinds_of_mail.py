"""Each kind of mail is one class with its facts, and everything that goes through the kinds takes them from there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.utils.module_loading import import_string

from clinic import tasks
from clinic.bounces import handling
from clinic.mail import health, outbox
from clinic.models import Client, Clinic, Digest, OutboxMessage, Practitioner, Registrant
from clinic.models.outbox import State, database_now
from clinic.operators import metrics, readiness
from tests.mail import post

KINDS = [model for model in apps.get_models() if issubclass(model, OutboxMessage)]
HOUR = dt.timedelta(hours=1)

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@pytest.fixture
def row(cast, kind):
    """One that is an hour late, with all that belongs to it."""
    post.each_mail(cast)
    now = database_now()
    Digest.objects.create(
        practitioner=cast.alice,
        day=now.date(),
        due_at=now,
        try_at=now,
        expires_at=now,
        message_id="digest@clinic.example",
    )
    kind.objects.update(
        state=State.READY, status_detail="", due_at=now - HOUR, try_at=now - HOUR, expires_at=now + HOUR, lease=None
    )
    return kind.objects.for_mail().order_by("pk").first()


def test_the_kinds_are_the_classes_and_each_has_a_name_and_a_place_of_its_own():
    assert set(OutboxMessage.kinds()) == set(KINDS)
    assert len({kind.kind for kind in KINDS}) == len({kind.urgency for kind in KINDS}) == len(KINDS)


def test_urgent_mail_goes_first_and_digests_after_reminders():
    names = [kind.kind for kind in OutboxMessage.kinds()]
    assert names[0] == "notice"
    assert names[-2:] == ["reminder", "digest"]


@each_kind
def test_its_composer_and_its_guard_are_there(kind):
    assert callable(import_string(kind.composer))
    assert all(callable(import_string(path)) for path in (kind.guard, kind.fallback) if path)


@each_kind
def test_the_outbox_writes_it_to_its_recipient(row, kind):
    address = kind.objects.values_list(kind.address_path(), flat=True).get(pk=row.pk)
    assert address in import_string(kind.composer)(row).to[0]
    assert isinstance(row.recipient, Client | Practitioner | Registrant)
    assert (kind.client_path() is not None) == isinstance(row.recipient, Client)


@each_kind
def test_a_bounce_finds_it_by_id_and_by_address(row, kind):
    now = database_now()
    assert handling.find_message([row.message_id], now=now) == row
    for other in KINDS:
        other.objects.exclude(message_id=row.message_id).delete()
    kind.objects.update(state=State.SENT, sent_at=now)
    address = kind.objects.values_list(kind.address_path(), flat=True).get()
    assert handling.find_message([], address.upper(), now=now) == row


@each_kind
def test_it_counts_for_its_clinic_for_metrics_and_where_watched_for_readiness(row, kind):
    now = database_now()
    for other in KINDS:
        if other is not kind:
            other.objects.all().delete()
    count = kind.objects.count()
    assert sum(state.waiting for state in health.mail_by_clinic(now).values()) == count
    assert health.mail_by_clinic(now).keys() <= set(Clinic.objects.values_list("pk", flat=True))
    due = next(family for family in metrics.build_families(now) if family.name == "plumbline_mail_due")
    assert {sample.labels["kind"]: sample.value for sample in due.samples if sample.value} == {kind.kind: count}
    late = [problem.component for problem in readiness.check_rows(now) if not problem.component.startswith("tick")]
    assert late == [f"{kind.kind}s"] * kind.is_watched


@each_kind
def test_the_tasks_send_it_and_release_what_a_dead_worker_held(row, kind, monkeypatch):
    kind.objects.filter(pk=row.pk).update(state=State.CLAIMED, try_at=database_now() - HOUR)
    tasks.sweep()
    assert kind.objects.get(pk=row.pk).state == State.READY
    assert len(tasks.SENDERS) == len(KINDS) + 1  # and the reminders on phones
    sent = []
    monkeypatch.setattr(outbox._Batch, "send", lambda batch, rows: sent.extend(row.kind for row in rows))
    tasks.send()
    assert kind.kind in sent
