"""Erasing takes out who it was and every free text; numbers, times and what the law asks for stay."""

import json

import pytest
from django.apps import apps
from django.core import serializers
from django.utils import timezone

from clinic.clients import departure, handover, messages as client_messages, notes as client_notes
from clinic.flags import lifecycle, rule_tuning
from clinic.models import Client, Flag, Message, PainReport, Reminder
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from clinic.prescriptions.screening import ScreenedPrecaution
from clinic.reminders import planning
from tests import make
from tests.clients.stored_text import all_stored_text

SAID = "Zebrafish"  # in every place where a person can write something


@pytest.fixture
def dana(cast):
    """Dana with a word of hers, or about her, wherever there is room for one."""
    dana = make.client(cast.alice, f"{SAID} Jones", email=f"{SAID}@home.example", time_zone="Pacific/Chatham")
    screening = make.nothing_found()
    code = next(iter(screening))
    screening[code] = ScreenedPrecaution(True, f"{SAID} is strong")
    bend = prescribing.prescribe_exercise(dana, make.exercise(), make.dose(), screening, by=cast.alice)
    prescribing.amend_prescription(bend, make.dose(sets=2), by=cast.alice, reason=f"{SAID} asked")
    result = make.report(bend, 4, 9, note=f"{SAID} hurts")
    reporting.correct_report(result.report, {"note": f"{SAID}, still"}, by=dana.user, reason=f"{SAID} meant that")
    flag = Flag.objects.first()
    lifecycle.acknowledge_flag(flag, by=cast.alice.user, note=f"{SAID} called")
    lifecycle.resolve_flag(flag, by=cast.alice.user, note=f"{SAID} is fine", verdict=Flag.Verdict.REAL)
    rule_tuning.set_client_rule_settings(
        dana, sensitivity="few", smallest_rise=1.0, reason=f"{SAID} is anxious", by=cast.alice
    )
    handover.hand_over_client(dana, cast.bob, by=cast.alice, reason=f"{SAID} moved house")
    client_notes.correct_note(
        client_notes.add_note(dana, f"{SAID} is new here", by=cast.alice), f"{SAID} is old here", by=cast.alice
    )
    client_messages.send_message(dana, f"Dear {SAID}", by=cast.alice)
    Message.objects.update(
        state="bounced", status_detail=f"550 no such user {SAID}@home.example", settled_at=timezone.now()
    )
    planning.create_due_reminders(bend.schedules.get().next_due_at)
    Reminder.objects.update(
        state="failed", status_detail=f"550 no such user {SAID}@home.example", settled_at=timezone.now()
    )
    dana.refresh_from_db()
    return dana


def test_nothing_that_was_said_by_or_about_them_is_left_anywhere(dana, django_capture_on_commit_callbacks):
    assert all_stored_text().lower().count(SAID.lower()) >= 10
    with django_capture_on_commit_callbacks(execute=True):
        assert departure.erase_client(dana)
    assert SAID.lower() not in all_stored_text().lower()
    assert "Chatham" not in all_stored_text()


def test_what_the_law_asks_for_stays_under_the_number(dana):
    counts = {model: model._default_manager.count() for model in apps.get_app_config("clinic").get_models()}
    scores = list(PainReport.objects.values_list("before", "after", "occurred_at"))
    departure.erase_client(dana)
    after = {model: model._default_manager.count() for model in counts}
    assert {model for model in counts if after[model] < counts[model]} == set()
    assert list(PainReport.objects.values_list("before", "after", "occurred_at")) == scores
    kept = Client.objects.get(pk=dana.pk)
    assert (kept.name, kept.email, kept.state) == ("(erased)", "", Client.State.LEFT)
    assert kept.consented_at == dana.consented_at


def test_erasing_twice_changes_nothing_more(dana):
    departure.erase_client(dana)
    before = json.loads(serializers.serialize("json", Client.objects.all()))
    assert not departure.erase_client(dana)
    assert json.loads(serializers.serialize("json", Client.objects.all())) == before


def test_the_others_are_left_alone(cast, dana):
    other = make.report(make.prescription(cast.erin), 4, 5, note="mine").report
    departure.erase_client(dana)
    other.refresh_from_db()
    cast.erin.refresh_from_db()
    assert (other.note, cast.erin.name, cast.erin.state) == ("mine", "Erin", Client.State.JOINED)


def test_who_has_left_before_keeps_the_day(dana):
    departure.leave_clinic(dana, by=dana.user)
    left_at = dana.left_at
    departure.erase_client(dana)
    assert Client.objects.get(pk=dana.pk).left_at == left_at
