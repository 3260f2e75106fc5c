"""Resolving asks "was it real?": yes, no or unclear; the rules are judged by it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.flags import lifecycle
from clinic.models import Flag
from tests import make


@pytest.fixture
def flag(cast):
    make.report(make.prescription(cast.dana), 3, 7)
    return Flag.objects.get()


@pytest.mark.parametrize("verdict", ["real", "false", "unclear", ""])
def test_the_answer_is_kept(cast, flag, verdict):
    assert lifecycle.resolve_flag(flag, cast.alice.user, "Called.", verdict=verdict)
    assert (flag.verdict, Flag.objects.get().verdict) == (verdict, verdict)


@pytest.mark.parametrize("verdict", ["yes", "REAL", "real ", "0"])
def test_any_other_word_is_refused_and_the_flag_stays_open(cast, flag, verdict):
    with pytest.raises(ValidationError) as refused:
        lifecycle.resolve_flag(flag, cast.alice.user, "Called.", verdict=verdict)
    assert set(refused.value.message_dict) == {"verdict"}
    assert Flag.objects.get().state == "open"


def test_a_bad_answer_and_a_missing_note_are_told_together(cast, flag):
    with pytest.raises(ValidationError) as refused:
        lifecycle.resolve_flag(flag, cast.alice.user, " ", verdict="perhaps")
    assert set(refused.value.message_dict) == {"note", "verdict"}


def test_a_second_answer_changes_nothing(cast, flag):
    lifecycle.resolve_flag(flag, cast.alice.user, "Called.", verdict="real")
    assert lifecycle.resolve_flag(flag, cast.bob.user, "Again.", verdict="false") is False
    assert flag.verdict == "real"


def test_an_open_flag_has_no_verdict_in_the_database_either(flag):
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.update(verdict="real")
