"""A client's two knobs: turned with a reason, kept as history, and the next report is judged by them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.flags import engine, rule_settings, rule_tuning
from clinic.models import AuditEntry, Flag, PainTrend, Practitioner, RuleSettings
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from tests import make

DAY = dt.timedelta(days=1)
START = timezone.now() - 40 * DAY
QUIET = [3, 4, 2, 3] * 7


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


def keep_diary(prescription, scores, first_day=0):
    return [
        make.report(prescription, score, at=START + day * DAY).report for day, score in enumerate(scores, first_day)
    ]


def tune(cast, **over):
    given = {"sensitivity": "early", "smallest_rise": 1.5, "reason": "She works at a till.", "by": cast.alice, **over}
    return rule_tuning.set_client_rule_settings(cast.dana, **given)


def complaint(cast, **over):
    before = RuleSettings.objects.count()
    with pytest.raises(ValidationError) as refused:
        tune(cast, **over)
    assert RuleSettings.objects.count() == before
    return set(refused.value.message_dict)


def test_without_any_setting_the_rule_is_as_it_comes(cast):
    assert not cast.dana.rule_settings.exists()
    assert rule_settings.config_of(cast.dana.pk).smallest_rise == 1.0


def test_the_newest_is_in_force_and_the_older_stay(cast):
    tune(cast)
    tune(cast, sensitivity="few", smallest_rise=2.0, reason="Too many false ones.")
    config = rule_settings.config_of(cast.dana.pk)
    assert (config.flag_score, config.smallest_rise) == (2.25, 2.0)
    assert list(cast.dana.rule_settings.values_list("sensitivity", "reason", "by__name")) == [
        ("few", "Too many false ones.", "Alice"),
        ("early", "She works at a till.", "Alice"),
    ]


def test_another_clients_rule_stays_as_it_is(cast):
    tune(cast)
    assert not cast.erin.rule_settings.exists()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"sensitivity": "loud"}, "sensitivity"),
        ({"sensitivity": ""}, "sensitivity"),
        ({"smallest_rise": 1.2}, "smallest_rise"),
        ({"smallest_rise": float("nan")}, "smallest_rise"),
        ({"smallest_rise": None}, "smallest_rise"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_what_is_wrong_is_told_by_its_field_and_nothing_is_kept(cast, over, field):
    assert complaint(cast, **over) == {field}


def test_all_that_is_wrong_is_told_at_once(cast):
    errors = complaint(cast, sensitivity="loud", smallest_rise=9, reason="")
    assert errors == {"sensitivity", "smallest_rise", "reason"}


def test_setting_what_is_set_already_is_said_to_be_no_change(cast):
    assert complaint(cast, sensitivity="standard", smallest_rise=1.0) == {"sensitivity"}
    tune(cast)
    assert complaint(cast) == {"sensitivity"}


def test_only_somebody_who_treats_clients_at_this_clinic_may(cast):
    desk = make.practitioner(cast.alice.clinic, "Fran", Practitioner.Role.FRONT_DESK)
    gone = make.practitioner(cast.alice.clinic, "Gina")
    gone.active = False
    for somebody in (cast.charlie, desk, gone):
        assert complaint(cast, by=somebody) == {"practitioner"}


def test_it_is_in_the_book(cast):
    tune(cast)
    entry = AuditEntry.objects.get(verb="rule_settings_changed")
    assert (entry.actor, entry.target_kind, entry.target_id) == (cast.alice.user, "client", cast.dana.pk)


def test_the_flag_names_the_knobs_it_was_raised_by(cast, bend):
    tune(cast)
    keep_diary(bend, [*QUIET, 6, 7, 6, 7])
    version = Flag.objects.get(kind="worsening").rule_version
    assert version == rule_settings.version_name("early", 1.5)
    assert " early 1.5/" in version
    assert all(len(rule_settings.version_name(level, 1.5)) <= 40 for level in RuleSettings.Sensitivity.values)


def test_the_standard_rule_is_named_without_knobs(cast, bend):
    keep_diary(bend, [*QUIET, 6, 7, 6, 7])
    assert Flag.objects.get(kind="worsening").rule_version == rule_settings.RULE_VERSION


def test_a_rise_too_small_for_one_client_is_flagged_for_another(cast, bend):
    other = make.prescription(cast.erin)
    tune(cast, sensitivity="standard", smallest_rise=2.0)
    small_rise = [*QUIET, *[5, 5, 4] * 3]
    keep_diary(bend, small_rise)
    keep_diary(other, small_rise)
    assert [flag.prescription for flag in Flag.objects.filter(kind="worsening")] == [other]


def test_turning_raises_nothing_for_the_past_and_the_next_report_is_judged(cast, bend):
    tune(cast, sensitivity="few", smallest_rise=2.0)
    keep_diary(bend, [*QUIET, *[4, 5] * 5])
    assert not Flag.objects.exists()
    tune(cast, sensitivity="early", smallest_rise=1.0, reason="Nearer.")
    assert not Flag.objects.exists()
    assert engine.is_still_rising(PainTrend.objects.get())
    make.report(bend, 5)
    flag = Flag.objects.get(kind="worsening")
    assert flag.due_at is None  # not late: nobody had asked so finely before


def test_the_stored_state_is_that_of_the_new_knobs_at_once(cast, bend):
    reports = keep_diary(bend, QUIET)
    tune(cast)
    row = PainTrend.objects.get()
    ran = (row.state, row.response, row.report_count, row.last_report_at, row.rule_version)
    engine.replay_reports(row)
    assert (row.state, row.response, row.report_count, row.last_report_at, row.rule_version) == ran
    assert row.report_count == len(reports)


def test_a_report_taken_with_old_knobs_in_the_state_is_judged_with_the_new(cast, bend, caplog):
    """As when another worker turned them in between."""
    keep_diary(bend, QUIET)
    RuleSettings.objects.create(
        clinic=cast.dana.clinic, client=cast.dana, sensitivity="early", smallest_rise=1.0, reason="x", by=cast.alice,
        at=timezone.now(),
    )  # fmt: skip
    make.report(bend, 3)
    row = PainTrend.objects.get()
    assert row.rule_version == rule_settings.version_name("early", 1.0)
    assert "another rule or setting" in caplog.text


def test_an_ended_exercise_is_rebuilt_only_when_it_is_corrected(cast, bend):
    stored = keep_diary(bend, QUIET)[-1]
    prescribing.end_prescription(bend, by=cast.alice.user, reason="Done.")
    tune(cast)
    assert PainTrend.objects.get().rule_version == rule_settings.RULE_VERSION
    reporting.correct_report(stored, {"before": 2}, reason="A slip.", by=cast.alice.user)
    assert PainTrend.objects.get().rule_version == rule_settings.version_name("early", 1.5)


def test_a_client_without_any_exercise_can_be_tuned_beforehand(cast):
    assert tune(cast).sensitivity == "early"
