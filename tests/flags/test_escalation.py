"""A flag that nobody acknowledged in the clinic's set time rises one severity, and the owners are told."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from clinic import tasks
from clinic.flags import escalation, inactivity, lifecycle
from clinic.flags.undeliverable import mark_undeliverable
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Flag, FlagEvent, Notice, Practitioner
from tests import make

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NOW = timezone.now()


@pytest.fixture
def olivia(cast):
    return make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


def flag_of(prescription, **answers):
    make.report(prescription, 4, at=NOW, **answers)
    return Flag.objects.get(prescription=prescription)


def severity(flag):
    return Flag.objects.get(pk=flag.pk).severity


def verbs(flag):
    return [event.verb for event in flag.events.all()]


def notified(flag):
    return sorted(notice.practitioner.name for notice in Notice.objects.filter(flag=flag))


def test_not_before_the_clinics_set_time(olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    assert escalation.escalate_flags(NOW + 24 * HOUR - dt.timedelta(minutes=1)) == 0
    assert severity(flag) == "high"


def test_high_rises_to_urgent_and_the_owner_is_told(olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    assert escalation.escalate_flags(flag.raised_at + DAY) == 1
    assert severity(flag) == "urgent"
    assert verbs(flag) == ["raised", "escalated"]
    assert flag.events.get(verb="escalated").by is None
    assert notified(flag) == ["Alice", "Olivia"]


def test_the_owner_gets_the_mail_at_the_next_tick_and_it_names_nobody(olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    later = flag.raised_at + DAY
    send_due(Notice, flag.raised_at)
    assert "nobody has looked" not in mail.outbox[-1].body
    escalation.escalate_flags(later)
    mail.outbox.clear()
    send_due(Notice, later)
    (letter,) = mail.outbox
    assert letter.to == ["Olivia <olivia@riverside-physio.example>"]
    assert "nobody has looked yet" in letter.body
    assert "Dana" not in letter.body + letter.subject


def test_a_routine_flag_rises_to_high_and_no_further(cast, olivia, bend):
    flag = mark_undeliverable(cast.dana, "550", NOW)
    seen = []
    for days in range(1, 8):
        escalation.escalate_flags(NOW + days * DAY)
        seen.append(severity(flag))
    assert seen == ["high"] * 7
    assert verbs(flag) == ["raised", "escalated"]


def test_the_silence_of_a_client_rises_too(olivia, bend):
    later = NOW + 5 * DAY
    inactivity.flag_silent_clients(later)
    assert escalation.escalate_flags(later + DAY) == 1
    assert Flag.objects.get().severity == "high"


def test_an_urgent_flag_stays_urgent_and_goes_to_the_owner_once(olivia, bend):
    flag = flag_of(bend, warning_signs=("leg_weakness",))
    rises = [escalation.escalate_flags(flag.raised_at + days * DAY) for days in range(1, 6)]
    assert rises == [1, 0, 0, 0, 0]
    assert (severity(flag), notified(flag)) == ("urgent", ["Alice", "Olivia"])


def test_two_ticks_at_the_same_moment_do_it_once(olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    assert [escalation.escalate_flags(flag.raised_at + DAY) for _twice in range(2)] == [1, 0]
    assert Notice.objects.filter(practitioner=olivia).count() == 1


def test_one_that_somebody_acknowledged_never_rises(cast, olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    lifecycle.acknowledge_flag(flag, cast.alice.user)
    assert escalation.escalate_flags(NOW + 30 * DAY) == 0


def test_one_that_was_resolved_never_rises(cast, olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    lifecycle.resolve_flag(flag, cast.alice.user, "Called her.")
    assert escalation.escalate_flags(NOW + 30 * DAY) == 0


def test_one_that_was_opened_again_waits_anew_from_there(cast, olivia, bend):
    flag = flag_of(bend, warning_signs=("leg_weakness",))
    escalation.escalate_flags(flag.raised_at + DAY)
    lifecycle.acknowledge_flag(flag, cast.alice.user, now=NOW + 2 * DAY)
    again = NOW + 3 * DAY
    make.report(bend, 4, at=again, warning_signs=("leg_weakness",))
    assert escalation.escalate_flags(again + DAY - HOUR) == 0
    assert escalation.escalate_flags(again + DAY) == 1
    assert verbs(flag) == ["raised", "escalated", "acknowledged", "reopened", "escalated"]


def test_each_clinic_has_its_own_hours(cast, olivia, bend):
    cast.alice.clinic.escalation_hours = 2
    cast.alice.clinic.save(update_fields=["escalation_hours"])
    elsewhere = flag_of(make.prescription(make.client(cast.charlie, "Gus")), moved_down_leg=True)
    here = flag_of(bend, moved_down_leg=True)
    escalation.escalate_flags(here.raised_at + 3 * HOUR)
    assert (severity(here), severity(elsewhere)) == ("urgent", "high")


def test_the_hours_are_1_to_168(cast):
    for hours in (0, 169):
        cast.alice.clinic.escalation_hours = hours
        with pytest.raises(ValidationError) as refused:
            cast.alice.clinic.full_clean()
        assert set(refused.value.message_dict) >= {"escalation_hours"}


def test_an_owner_who_treats_the_client_is_told_once_more(cast):
    flag = flag_of(make.prescription(make.client(cast.charlie, "Gus")), moved_down_leg=True)
    escalation.escalate_flags(flag.raised_at + DAY)
    assert notified(flag) == ["Charlie", "Charlie"]


def test_without_an_owner_the_practitioner_is_told_again(cast, bend):
    flag = flag_of(bend, moved_down_leg=True)
    escalation.escalate_flags(flag.raised_at + DAY)
    assert notified(flag) == ["Alice", "Alice"]


def test_nobody_of_another_clinic_and_no_owner_who_left_is_told(cast, olivia, bend):
    olivia.active = False
    olivia.save(update_fields=["active"])
    oscar = make.practitioner(cast.alice.clinic, "Oscar", Practitioner.Role.OWNER)
    flag = flag_of(bend, moved_down_leg=True)
    escalation.escalate_flags(flag.raised_at + DAY)
    assert notified(flag) == ["Alice", oscar.name]


def test_a_client_who_left_is_nobodys_worry_any_more(cast, olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    cast.dana.state = "left"
    cast.dana.save(update_fields=["state"])
    assert escalation.escalate_flags(flag.raised_at + DAY) == 0


def test_it_is_in_the_book(olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    escalation.escalate_flags(flag.raised_at + DAY)
    entry = AuditEntry.objects.get(verb="flag_escalated")
    assert (entry.target_id, entry.actor) == (flag.pk, None)


def test_the_beat_does_it(olivia, bend):
    flag = flag_of(bend, moved_down_leg=True)
    FlagEvent.objects.filter(flag=flag).update(at=NOW - 25 * HOUR)
    tasks.sweep()
    assert severity(flag) == "urgent"


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_do_it_once():
    clinic = make.clinic()
    owner = make.practitioner(clinic, "Olivia", Practitioner.Role.OWNER)
    flags = [flag_of(make.prescription(make.client(owner, name)), moved_down_leg=True) for name in ("Ada", "Ben")]
    later = NOW + 2 * DAY

    def tick(_number):
        try:
            return escalation.escalate_flags(later)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tick, range(4))) == len(flags)
    assert [severity(flag) for flag in flags] == ["urgent", "urgent"]
    assert FlagEvent.objects.filter(verb="escalated").count() == len(flags)
