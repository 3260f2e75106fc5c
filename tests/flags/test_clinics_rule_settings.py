"""The clinic's own setting of the rule: for its clients who have none of their own, with who and why."""

import pytest
from django.core.exceptions import ValidationError

from clinic.flags import rule_settings, rule_tuning
from clinic.models import AuditEntry, Flag, PainTrend, Practitioner, RuleSettings
from tests import make
from tests.flags.test_rule_tuning import QUIET, keep_diary


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


def turn(olga, **over):
    given = {"sensitivity": "few", "smallest_rise": 2.0, "reason": "Too many calls.", "by": olga, **over}
    return rule_tuning.set_clinic_rule_settings(olga.clinic, **given)


def test_it_holds_for_who_has_no_setting_of_ones_own(cast, olga):
    rule_tuning.set_client_rule_settings(
        cast.erin, sensitivity="early", smallest_rise=1.0, reason="Fragile.", by=cast.bob
    )
    fred = make.client(cast.charlie, "Fred")
    turn(olga)
    settings = [rule_settings.settings_of(client.pk) for client in (cast.dana, cast.erin, fred)]
    assert settings == [("few", 2.0), ("early", 1.0), rule_settings.STANDARD_SETTINGS]
    assert AuditEntry.objects.filter(verb="rule_settings_changed", target_kind="clinic", actor=olga.user).count() == 1


def test_the_newest_is_in_force_and_the_older_stay(olga):
    turn(olga)
    turn(olga, sensitivity="early", smallest_rise=1.5, reason="We have time.")
    assert rule_settings.clinic_settings_of(olga.clinic_id) == ("early", 1.5)
    assert list(RuleSettings.objects.filter(client=None).values_list("reason", flat=True)) == [
        "We have time.",
        "Too many calls.",
    ]


def test_the_rule_is_asked_in_one_query(cast, olga, django_assert_num_queries):
    turn(olga)
    with django_assert_num_queries(1):
        assert rule_settings.settings_of(cast.dana.pk) == ("few", 2.0)


def test_states_are_rebuilt_at_once_and_raise_nothing(cast, olga):
    bend = make.prescription(cast.dana)
    keep_diary(bend, [*QUIET, *[5] * 6])
    Flag.objects.all().delete()
    turn(olga, sensitivity="early", smallest_rise=1.0)
    assert PainTrend.objects.get(prescription=bend).rule_version == rule_settings.version_name("early", 1.0)
    assert not Flag.objects.exists()


def test_of_many_the_rest_is_rebuilt_by_its_next_report(cast, olga, monkeypatch):
    monkeypatch.setattr(rule_tuning, "MAX_REBUILT_STATES", 1)
    plans = [make.prescription(client) for client in (cast.dana, cast.erin)]
    for plan in plans:
        keep_diary(plan, QUIET)
    turn(olga)
    versions = set(PainTrend.objects.values_list("rule_version", flat=True))
    assert versions == {rule_settings.RULE_VERSION, rule_settings.version_name("few", 2.0)}
    for plan in plans:
        keep_diary(plan, [3], first_day=30)
    assert set(PainTrend.objects.values_list("rule_version", flat=True)) == {rule_settings.version_name("few", 2.0)}


def test_a_flag_says_by_which_setting_it_was_raised(cast, olga):
    turn(olga, sensitivity="early", smallest_rise=1.5)
    flag = make.report(make.prescription(cast.dana), 4, 8).flags[0]
    assert "early 1.5" in flag.rule_version


@pytest.mark.parametrize(
    ("over", "field"),
    [({"reason": " "}, "reason"), ({"sensitivity": "loud"}, "sensitivity"), ({"smallest_rise": 3.0}, "smallest_rise"),
     ({"sensitivity": "standard", "smallest_rise": 1.0}, "sensitivity")],
)  # fmt: skip
def test_nonsense_and_what_holds_already_are_refused(olga, over, field):
    with pytest.raises(ValidationError) as refused:
        turn(olga, **over)
    assert list(refused.value.message_dict) == [field]
    assert not RuleSettings.objects.exists()


def test_only_an_owner_of_the_clinic_turns_it(cast, olga):
    for person in (cast.alice, cast.charlie):
        with pytest.raises(ValidationError, match="Only the owner"):
            turn(olga, by=person)
