"""`manage.py replay_flags`: the rules tried on stored history, nothing written."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.flags import lifecycle, rule_tuning
from clinic.models import Flag
from tests import make
from tests.commands.rows import every_row

START = timezone.now().replace(hour=18, minute=0) - dt.timedelta(days=40)


def replayed(*words):
    output = StringIO()
    call_command("replay_flags", "--json", *words, stdout=output)
    return json.loads(output.getvalue())


def keep_diary(prescription, scores, first_day=0):
    for day, score in enumerate(scores, first_day):
        make.report(prescription, score, at=START + dt.timedelta(days=day))


@pytest.fixture
def worse(cast):
    """Dana's four quiet weeks and one bad one; the rule flagged it."""
    prescription = make.prescription(cast.dana, starts_on=START.date())
    keep_diary(prescription, [3, 4, 2, 3] * 7 + [6, 7, 6, 7, 6, 7])
    return prescription


def test_with_its_own_constants_it_finds_what_was_flagged(worse):
    flag = Flag.objects.get(kind="worsening")
    found = replayed()
    assert [(row["kind"], row["report"], row["prescription"]) for row in found["flags"]] == [
        ("worsening", flag.raised_by_id, worse.pk)
    ]
    assert (found["prescriptions"], found["reports"], found["worsening"]) == (1, 34, 1)


def test_a_harder_rule_finds_nothing(worse):
    assert replayed("--rule", "flag_score=9", "smallest_rise=2")["flags"] == []


def test_a_sensitivity_by_its_name_flags_later_when_few_are_wanted(worse):
    early, few = (replayed("--rule", f"sensitivity={name}")["flags"][0]["report"] for name in ("early", "few"))
    assert early <= Flag.objects.get(kind="worsening").raised_by_id <= few
    assert early < few


def test_a_hurting_exercise_is_found_where_it_began_to_hurt(cast):
    prescription = make.prescription(cast.dana)
    reports = [make.report(prescription, 3, 5, at=START + dt.timedelta(days=day)).report for day in range(5)]
    stopped = Flag.objects.get(kind="exercise_hurts").raised_by
    assert [(row["kind"], row["report"]) for row in replayed()["flags"]] == [("exercise_hurts", stopped.pk)]
    assert [row["report"] for row in replayed("--rule", "least_sessions=5")["flags"]] == [reports[4].pk]


def test_what_a_practitioner_resolved_starts_again(cast, worse):
    lifecycle.resolve_flag(
        Flag.objects.get(kind="worsening"), cast.alice.user, "New work.", START + dt.timedelta(days=34)
    )
    keep_diary(worse, [7, 6, 7, 6], first_day=35)
    assert len(replayed()["flags"]) == 1


def test_one_client_alone(cast, worse):
    make.report(make.prescription(cast.erin), 2, 7)
    assert {row["client"] for row in replayed()["flags"]} == {cast.dana.pk, cast.erin.pk}
    assert [row["kind"] for row in replayed("--client", str(cast.erin.pk))["flags"]] == ["exercise_hurts"]


def test_a_clients_own_knobs_hold_where_rule_says_nothing(cast, worse):
    rule_tuning.set_client_rule_settings(
        cast.dana, sensitivity="few", smallest_rise=2.0, reason="Too many.", by=cast.alice
    )
    own = replayed("--client", str(cast.dana.pk))
    assert (own["sensitivity"], own["smallest_rise"]) == ("few", 2.0)
    assert own["flags"] == replayed("--rule", "sensitivity=few", "smallest_rise=2")["flags"] == replayed()["flags"]
    early = replayed("--client", str(cast.dana.pk), "--rule", "sensitivity=early", "smallest_rise=1")["flags"]
    assert early[0]["report"] < own["flags"][0]["report"]


def test_the_lines_for_one_client_say_the_knobs(cast, worse):
    output = StringIO()
    call_command("replay_flags", "--client", str(cast.dana.pk), stdout=output)
    assert output.getvalue().splitlines()[-1].startswith("sensitivity: standard, smallest rise: 1.0, prescriptions: 1")


def test_nothing_is_written(worse):
    before = every_row()
    replayed("--rule", "flag_score=2", "stop_at=0.8")
    assert every_row() == before


def test_lines_for_people(worse):
    output = StringIO()
    call_command("replay_flags", stdout=output)
    first, last = output.getvalue().splitlines()
    assert first.startswith(f"client {worse.client_id}, prescription {worse.pk}: worsening at ")
    assert last.startswith("prescriptions: 1, reports: 34, years: 0.09, worsening: 1")


def test_with_no_history_at_all(db):
    assert replayed() == {
        "prescriptions": 0, "reports": 0, "years": 0.0, "worsening": 0, "worsening_a_year": 0.0,
        "exercise_hurts": 0, "exercise_hurts_a_year": 0.0, "flags": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("loudness=3", "loudness=3.*The keys: sensitivity.*flag_score.*stop_at"),
        ("flag_score", "flag_score: “” is not a number"),
        ("flag_score=high", "flag_score: “high” is not a number"),
        ("flag_score=nan", "flag_score: “nan”"),
        ("flag_score=-2", "flag_score: “-2”"),
        ("flag_score=1", "clear_score < watch_score <= flag_score"),
        ("least_reports=2.5", "least_reports: “2.5” is not a whole number"),
        ("sensitivity=loud", "sensitivity: “loud” is none of early, standard, few"),
        ("smallest_rise=11", "smallest_rise must be 0-10"),
        ("stop_at=1.5", "probabilities"),
        ("most_swing_weight=0", "cannot be computed"),
    ],
)
def test_a_bad_rule_is_named(worse, rule, complaint):
    with pytest.raises(CommandError, match=f"--rule: .*{complaint}"):
        replayed("--rule", rule)


@pytest.mark.parametrize("client", ["999999", "0", "-1", "dana", "1.5"])
def test_a_bad_client_is_named(worse, client):
    with pytest.raises(CommandError, match=f"--client: .*{client}"):
        replayed(f"--client={client}")
