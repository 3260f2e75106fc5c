"""A client goes to a colleague: who may, what goes along, and who hears of what is unresolved."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.clients import handover
from clinic.flags import lifecycle
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, FlagEvent, Handover, Notice, Practitioner
from tests import make

Role = Practitioner.Role


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Role.OWNER)


def over(cast, client=None, to=None, by=None, reason="On leave from May."):
    return handover.hand_over_client(client or cast.dana, to or cast.bob, by=by or cast.alice, reason=reason)


def practitioner_of(client):
    return Client.objects.get(pk=client.pk).practitioner


def test_the_colleague_treats_them_from_now_on_and_the_row_says_from_whom_by_whom_and_why(cast):
    created = over(cast)
    assert practitioner_of(cast.dana) == cast.bob
    assert (created.from_practitioner, created.to_practitioner, created.by, created.reason) == (
        cast.alice,
        cast.bob,
        cast.alice,
        "On leave from May.",
    )
    assert (
        AuditEntry.objects.filter(verb="client_handed_over", target_id=cast.dana.pk, actor=cast.alice.user).count() == 1
    )
    assert Client.objects.treated_by(cast.bob.user).filter(pk=cast.dana.pk).exists()
    assert not Client.objects.treated_by(cast.alice.user).filter(pk=cast.dana.pk).exists()


def test_the_plan_goes_on_and_keeps_who_prescribed_it(cast):
    bend = make.prescription(cast.dana)
    due = bend.schedules.get().next_due_at
    over(cast)
    bend.refresh_from_db()
    assert (bend.prescribed_by, bend.state, bend.schedules.get().next_due_at) == (cast.alice, "active", due)


def test_an_owner_hands_over_anybodys(cast, olga):
    over(cast, by=olga)
    over(cast, cast.erin, olga, by=olga)
    assert [practitioner_of(client) for client in (cast.dana, cast.erin)] == [cast.bob, olga]


@pytest.mark.parametrize("shares", [False, True])
def test_a_practitioner_hands_over_nobody_elses_even_where_records_are_shared(cast, shares):
    cast.alice.clinic.shares_records = shares
    cast.alice.clinic.save(update_fields=["shares_records"])
    with pytest.raises(ValidationError, match="Choose again"):
        over(cast, cast.erin, cast.alice)
    assert practitioner_of(cast.erin) == cast.bob


@pytest.mark.parametrize("who", ["stranger", "desk", "gone", "elsewhere"])
def test_only_to_somebody_who_treats_here_now(cast, who):
    to = {
        "stranger": lambda: cast.charlie,
        "desk": lambda: make.practitioner(cast.alice.clinic, "Fred", Role.FRONT_DESK),
        "gone": lambda: make.practitioner(cast.alice.clinic, "Gina"),
        "elsewhere": lambda: make.practitioner(make.clinic("Second Street"), "Ed"),
    }[who]()
    if who == "gone":
        Practitioner.objects.filter(pk=to.pk).update(active=False)
    with pytest.raises(ValidationError) as refused:
        over(cast, to=to)
    assert refused.value.message_dict == {"to": ["Choose somebody who treats at this clinic."]}
    assert practitioner_of(cast.dana) == cast.alice


@pytest.mark.parametrize("role", [Role.FRONT_DESK])
def test_the_front_desk_hands_over_nobody(cast, role):
    desk = make.practitioner(cast.alice.clinic, "Fred", role)
    with pytest.raises(ValidationError):
        over(cast, by=desk)


@pytest.mark.parametrize(
    ("reason", "complaint"),
    [("", "Write in a few words why."), ("  ", "Write in a few words why."), ("x" * 501, "500")],
)
def test_the_reason_has_1_to_500_characters(cast, reason, complaint):
    with pytest.raises(ValidationError) as refused:
        over(cast, reason=reason)
    assert complaint in refused.value.message_dict["reason"][0]
    assert not Handover.objects.exists()


def test_to_whom_they_are_with_already_is_refused_alone_and_passed_over_among_several(cast, olga):
    with pytest.raises(ValidationError, match="Alice treats this client already"):
        over(cast, to=cast.alice)
    handovers = handover.hand_over_clients([cast.dana, cast.erin], cast.bob, by=olga, reason="x")
    assert [row.client for row in handovers] == [cast.dana]


def test_nobody_chosen(cast):
    with pytest.raises(ValidationError, match="Choose at least one client"):
        handover.hand_over_clients([], cast.bob, by=cast.alice, reason="x")


def test_all_or_none(cast, olga):
    """Erin left in the meantime: dana stays where she is, too."""
    Client.objects.filter(pk=cast.erin.pk).update(state="left")
    with pytest.raises(ValidationError, match="Choose again"):
        handover.hand_over_clients([cast.dana, cast.erin], olga, by=olga, reason="x")
    assert practitioner_of(cast.dana) == cast.alice


def test_the_new_one_is_told_of_what_is_high_or_urgent_and_the_former_one_no_more(cast):
    make.report(make.prescription(cast.dana), 4, 8)
    assert Notice.objects.get().practitioner == cast.alice
    over(cast)
    assert send_due(Notice) == {"sent": 1}
    assert dict(Notice.objects.values_list("practitioner__name", "state")) == {"Alice": "skipped", "Bob": "sent"}


def test_what_the_former_one_had_acknowledged_is_open_again(cast):
    flag = make.report(make.prescription(cast.dana), 4, 8).flags[0]
    lifecycle.acknowledge_flag(flag, cast.alice.user)
    over(cast)
    flag.refresh_from_db()
    assert flag.state == "open"
    assert flag.events.last().verb == FlagEvent.Verb.REOPENED
    assert send_due(Notice)["sent"] == 1


def test_what_is_resolved_is_nobodys_news(cast):
    flag = make.report(make.prescription(cast.dana), 4, 8).flags[0]
    lifecycle.resolve_flag(flag, cast.alice.user, "fine")
    over(cast)
    assert not Notice.objects.filter(practitioner=cast.bob).exists()


def test_who_takes_a_client_over_needs_no_mail(cast, olga):
    make.report(make.prescription(cast.dana), 4, 8)
    over(cast, to=olga, by=olga)
    assert not Notice.objects.filter(practitioner=olga).exists()


def test_an_owner_keeps_the_mail_of_a_flag_that_rose(cast, olga):
    over(cast, to=olga, by=olga)
    make.report(make.prescription(cast.dana), 4, 8)
    over(cast, to=cast.bob, by=olga)
    assert Notice.objects.get(practitioner=olga).state == "ready"


@pytest.mark.parametrize("broken", [{"to_practitioner": "from_practitioner"}, {"reason": ""}])
def test_the_database_holds_it_too(cast, broken):
    row = {
        "client": cast.dana,
        "from_practitioner": cast.alice,
        "to_practitioner": cast.bob,
        "by": cast.alice,
        "reason": "x",
        "at": timezone.now(),
    }
    row |= {"to_practitioner": cast.alice} if "to_practitioner" in broken else broken
    with transaction.atomic(), pytest.raises(IntegrityError):
        Handover.objects.create(**row)
