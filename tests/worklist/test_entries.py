"""Where each client stands on the worklist is always what their other rows say, whatever was done in which order."""

import datetime as dt
from contextlib import suppress
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st

from clinic.clients import acceptance, csv_import, csv_reader, departure, handover, invitations
from clinic.flags import escalation, inactivity, lifecycle
from clinic.flags.undeliverable import mark_deliverable, mark_undeliverable
from clinic.models import Client, Flag, PainReport, Practitioner, Prescription, WorklistEntry
from clinic.models.worklist_entry import visible_entries_q
from clinic.pain import reporting
from clinic.pain.reporting import Answers
from clinic.prescriptions import prescribing
from clinic.team import absences
from clinic.worklist import entries as worklist_entries, query as worklist_query
from tests import make

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
BEGINNING = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def stored():
    return {row.pk: facts(row) for row in WorklistEntry.objects.all()}


def recomputed():
    return {row.pk: facts(row) for row in worklist_entries.compute_entries(Client.objects.values_list("pk", flat=True))}


def facts(row):
    return {name: getattr(row, name) for name in worklist_entries.COLUMNS}


class Story:
    """Verbs done to two clients with up to two exercises each; what a verb refuses changes nothing."""

    def __init__(self, cast):
        self.cast, self.now = cast, BEGINNING
        self.clients = [cast.dana, make.invited(cast.alice, "Finn")]

    def act(self, verb, which, number):
        self.now += HOUR
        client = Client.objects.select_related("clinic", "practitioner").get(pk=self.clients[which].pk)
        with suppress(ValidationError, acceptance.InvitationUnusable):
            getattr(self, verb)(client, number)

    def prescribe(self, client, number):
        make.prescription(client, self.cast.alice, now=self.now, starts_on=BEGINNING.date())

    def report(self, client, number):
        """Not always the newest."""
        self._report(client, number, warning=number == 3, back=number * DAY if number < 3 else HOUR)

    def report_worse(self, client, number):
        self._report(client, number, worse=True)

    def _report(self, client, number, warning=False, worse=False, back=HOUR):
        signs = ("leg_weakness",) if warning else ()
        answers = Answers(max(BEGINNING, self.now - back), True, 3, 8 if worse else 3 - number % 2, warning_signs=signs)
        reporting.report_pain(self.plan(client, number), answers, by=None, source=PainReport.Source.API, now=self.now)

    def correct(self, client, number):
        reports = list(PainReport.objects.filter(prescription__client=client).order_by("-pk"))
        if reports:
            changes = {"after": 3 + 2 * number, "occurred_at": max(BEGINNING, self.now - (number + 1) * DAY)}
            reporting.correct_report(reports[number % len(reports)], changes, reason="x", by=None, now=self.now)

    def hold(self, client, number):
        prescribing.hold_prescription(self.plan(client, number), by=self.cast.alice.user, reason="x", now=self.now)

    def resume(self, client, number):
        prescribing.resume_prescription(self.plan(client, number), by=self.cast.alice.user, reason="x", now=self.now)

    def end(self, client, number):
        prescribing.end_prescription(self.plan(client, number), by=self.cast.alice.user, reason="x", now=self.now)

    def acknowledge(self, client, number):
        lifecycle.acknowledge_flag(self.flag(client, number), self.cast.alice.user, now=self.now)

    def resolve(self, client, number):
        lifecycle.resolve_flag(self.flag(client, number), self.cast.alice.user, "x", self.now)

    def wait(self, client, number):
        """Days go by: silence is flagged, what nobody looked at goes to the owner."""
        self.now += (number + 2) * DAY
        inactivity.flag_silent_clients(self.now)
        escalation.escalate_flags(self.now)

    def mail_comes_back(self, client, number):
        mark_undeliverable(client, "550", self.now)

    def mail_arrives(self, client, number):
        mark_deliverable(client, self.cast.alice.user, "x", self.now)

    def join(self, client, number):
        acceptance.accept_invitation(client.invitations.latest("pk"), password=make.PASSWORD, now=self.now)

    def leave(self, client, number):
        departure.leave_clinic(client, by=None, now=self.now)

    def erase(self, client, number):
        departure.erase_client(client, by=None, now=self.now)

    @staticmethod
    def plan(client, number):
        plans = list(client.prescriptions.order_by("pk"))
        if not plans:
            raise ValidationError("no exercise")
        return plans[number % len(plans)]

    @staticmethod
    def flag(client, number):
        flags = list(Flag.objects.filter(prescription__client=client).order_by("-pk"))
        if not flags:
            raise ValidationError("no flag")
        return flags[number % len(flags)]


OFTEN = ["report", "report_worse", "acknowledge", "resolve", "wait", "correct"]
SELDOM = ["prescribe", "hold", "resume", "end", "mail_comes_back", "mail_arrives", "join", "leave", "erase"]
steps = st.lists(
    st.tuples(st.sampled_from(OFTEN * 3 + SELDOM), st.sampled_from([0, 0, 0, 1]), st.integers(0, 3)),
    min_size=4,
    max_size=16,
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_after_any_sequence_of_verbs_the_rows_say_what_a_recomputation_says(cast, steps):
    with transaction.atomic():
        story = Story(cast)
        for verb in ("prescribe", "report_worse"):
            story.act(verb, 0, 0)
        for verb, which, number in steps:
            story.act(verb, which, number)
            assert stored() == recomputed(), f"after {verb}"
        transaction.set_rollback(True)


def test_each_verb_of_the_stories_does_something_there(cast):
    """Or the test above would be about nothing."""
    story = Story(cast)
    for verb, number in [
        ("prescribe", 0), ("report", 1), ("report_worse", 0), ("acknowledge", 0), ("resume", 0), ("resolve", 0),
        ("hold", 0), ("resume", 0), ("mail_comes_back", 0), ("mail_arrives", 0), ("wait", 3), ("end", 0),
    ]:  # fmt: skip
        before = (Flag.objects.count(), list(Flag.objects.values("state")), list(Prescription.objects.values("state")),
                  PainReport.objects.count())  # fmt: skip
        story.act(verb, 0, number)
        after = (Flag.objects.count(), list(Flag.objects.values("state")), list(Prescription.objects.values("state")),
                 PainReport.objects.count())  # fmt: skip
        assert before != after, verb
        assert stored() == recomputed(), verb
    story.act("join", 1, 0)
    assert WorklistEntry.objects.get(client=story.clients[1]).joined_or_invited_at == story.now
    story.act("leave", 0, 0)
    assert not WorklistEntry.objects.get(client=story.clients[0]).listed


def test_silence_counts_only_where_a_report_is_expected(cast):
    def quiet():
        return WorklistEntry.objects.get(client=cast.dana).silent_since

    assert quiet() is None
    bend = make.prescription(cast.dana)
    assert quiet() == Client.objects.get(pk=cast.dana.pk).consented_at
    make.report(bend, 3, at=(at := timezone.now()))
    assert quiet() == at
    prescribing.hold_prescription(bend, by=cast.alice.user, reason="Away.")
    assert quiet() is None


def test_within_a_severity_what_nobody_looked_at_comes_first_and_then_the_longest_silence(cast):
    now = timezone.now()
    seen, unseen, later, quiet, heard = (make.client(cast.alice, name) for name in ("Ada", "Ben", "Cid", "Eva", "Fay"))
    for client, ago in ((seen, 3), (unseen, 2), (later, 1)):
        bend = make.prescription(client)
        lifecycle.raise_flag(None, "worsening", "high", "x", now - ago * DAY, prescription=bend)
    lifecycle.acknowledge_flag(Flag.objects.get(prescription__client=seen), cast.alice.user)
    for client, ago in ((heard, 1), (quiet, 3)):
        make.report(make.prescription(client), 3, at=now - ago * DAY)
    order = [client.name for client in worklist_query.clients_by_need(cast.alice.user)]
    assert order == ["Ben", "Cid", "Ada", "Eva", "Fay", "Dana"]


@pytest.mark.parametrize("role", Practitioner.Role.values)
@pytest.mark.parametrize("shares_records", [False, True])
def test_the_worklist_reaches_whom_a_person_treats_and_nobody_else(cast, role, shares_records):
    for membership in (cast.alice, cast.charlie):
        membership.clinic.shares_records = shares_records
        membership.clinic.save()
    Practitioner.objects.filter(pk=cast.alice.pk).update(role=role)
    Practitioner.objects.create(user=cast.alice.user, clinic=cast.charlie.clinic, name="Alice there")
    make.client(cast.charlie, "Gus")
    for person in (cast.alice, cast.bob, cast.charlie):
        memberships = Practitioner.objects.for_user(person.user).select_related("clinic")
        assert set(Client.objects.filter(visible_entries_q(memberships))) == set(Client.objects.treated_by(person.user))


@pytest.mark.parametrize("role", Practitioner.Role.values)
def test_it_reaches_whom_somebody_covers_for_while_it_lasts(cast, role):
    today = timezone.now().date()
    absence = absences.add_absence(
        cast.bob, starts_on=today, ends_on=today + dt.timedelta(days=2), cover=cast.alice, by=cast.bob.user
    )
    Practitioner.objects.filter(pk=cast.alice.pk).update(role=role)

    def reached():
        memberships = Practitioner.objects.for_user(cast.alice.user).select_related("clinic")
        found = set(Client.objects.filter(visible_entries_q(memberships)))
        assert found == set(Client.objects.treated_by(cast.alice.user))
        return found

    assert (cast.erin in reached()) == (role != Practitioner.Role.FRONT_DESK)
    absences.end_absence(absence, by=cast.bob.user)
    assert (cast.erin in reached()) == (role == Practitioner.Role.OWNER)


def test_rows_are_true_after_a_hand_over_an_import_and_a_withdrawal(cast):
    make.report(make.prescription(cast.dana), 3, 8)
    owner = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    handover.hand_over_client(cast.dana, cast.bob, by=owner, reason="moves")
    rows = csv_reader.read_table("name,email\nGus,gus@home.example\nHal,hal@home.example\n").rows
    gus, hal = csv_import.import_clients(rows, by=cast.alice)
    make.prescription(hal)
    invitations.withdraw_invitations([gus, hal], by=cast.alice)
    assert stored() == recomputed()
    assert cast.dana in worklist_query.clients_by_need(cast.bob.user)
    assert cast.dana not in worklist_query.clients_by_need(cast.alice.user)


def test_a_wrong_row_and_a_missing_one_are_put_right_by_the_command(cast):
    make.report(make.prescription(cast.dana), 3, 8)
    WorklistEntry.objects.filter(client=cast.dana).update(need=3, open_flag_since=None)
    WorklistEntry.objects.filter(client=cast.erin).delete()
    for corrected in (2, 0):
        output = StringIO()
        call_command("restate_worklist", stdout=output)
        assert output.getvalue().strip() == f"rows corrected: {corrected}"
        assert stored() == recomputed()


def test_a_sweep_lists_the_clients_whom_a_host_wrote_by_itself(cast):
    Client.objects.create(clinic=cast.alice.clinic, practitioner=cast.alice, name="Hand Made", email="h@home.example")
    output = StringIO()
    call_command("sweep", stdout=output)
    assert "clients put on the worklist: 1" in output.getvalue()
    assert "Hand Made" in [client.name for client in worklist_query.clients_by_need(cast.alice.user)]


def test_four_days_of_silence_on_the_list_are_those_of_the_rule():
    assert worklist_query.SILENT_FOR == inactivity.SHORTEST_SILENCE


def test_a_silence_that_has_something_new_to_say_waits_for_a_look_again(cast):
    bend = make.prescription(cast.dana)
    flag = lifecycle.raise_flag(None, "silent", "routine", "No report.", timezone.now() - DAY, prescription=bend)
    lifecycle.acknowledge_flag(flag, cast.alice.user)
    assert WorklistEntry.objects.get(client=cast.dana).open_flag_since is None
    lifecycle.update_reason(bend, "silent", "No more reminders.", timezone.now())
    assert WorklistEntry.objects.get(client=cast.dana).open_flag_since == flag.raised_at
    assert stored() == recomputed()


def test_a_rise_to_the_owner_moves_the_client_up(cast):
    make.report(make.prescription(cast.dana), 3, 8)
    assert WorklistEntry.objects.get(client=cast.dana).need == 1
    escalation.escalate_flags(timezone.now() + 2 * DAY)
    assert WorklistEntry.objects.get(client=cast.dana).need == 0
