"""The audit knows its verbs: each is recorded somewhere, has words of its own, and no other can be stored."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from clinic import audit
from clinic.models import AuditEntry
from clinic.practice.settings import SETTINGS

CLINIC = Path(audit.__file__).parent
SERVICES = [path for path in CLINIC.rglob("*.py") if not {"models", "admin", "migrations"} & set(path.parts)]


def test_every_verb_is_recorded_somewhere():
    source = "\n".join(path.read_text(encoding="utf-8") for path in SERVICES)
    assert [verb.name for verb in audit.Verb if f"Verb.{verb.name}" not in source] == []
    assert len(audit.Verb) > 90


def test_a_value_is_its_name_in_small_letters():
    assert [verb for verb in audit.Verb if verb.value != verb.name.lower()] == []


def test_every_verb_stands_in_one_group_and_every_group_has_a_heading():
    groups = audit.Verb.grouped_choices()
    assert [verb for _heading, verbs in groups for verb, _label in verbs] == audit.Verb.values
    assert len(groups) == 8
    assert all(str(heading) for heading, _verbs in groups)


def test_no_two_acts_are_called_alike():
    assert len(set(audit.Verb.labels)) == len(audit.Verb)


def test_two_settings_share_no_verb():
    assert len(set(SETTINGS.values())) == len(SETTINGS)


def test_no_act_is_recorded_past_the_audit():
    for path in SERVICES:
        if path != Path(audit.__file__):
            assert "AuditEntry.objects.create(" not in path.read_text(encoding="utf-8")


def test_no_state_is_derived_from_the_audit():
    """Its rows are read in the practitioner site alone, where they are shown."""
    readers = [path.relative_to(CLINIC).as_posix() for path in SERVICES if "AuditEntry" in path.read_text("utf-8")]
    assert readers == ["audit.py"]


def test_an_unknown_verb_is_refused_by_the_database(cast):
    with pytest.raises(IntegrityError, match="audit_verb_is_known"), transaction.atomic():
        AuditEntry.objects.create(clinic=cast.alice.clinic, verb="of_later", target_kind="client", target_id=1)
