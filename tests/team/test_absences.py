"""While somebody is away the cover sees and treats those clients; the day after it is over."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.flags import escalation
from clinic.models import Absence, AuditEntry, Client, Flag, Notice, Practitioner, Prescription
from clinic.models.absence import covered_practitioners
from clinic.prescriptions import prescribing
from clinic.team import absences
from clinic.worklist import query as worklist_query
from tests import make

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
NOW = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
TODAY = NOW.date()


@pytest.fixture
def olivia(cast):
    return make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)


def add_absence(who, cover, first=TODAY, last=TODAY + 6 * DAY, now=NOW):
    return absences.add_absence(who, starts_on=first, ends_on=last, cover=cover, by=who.user, now=now)


def errors_of(*args, **over):
    with pytest.raises(ValidationError) as error:
        add_absence(*args, **over)
    return list(error.value.message_dict)


def reload(*people):
    """As the next request reads them."""
    return list(Practitioner.objects.filter(pk__in=[one.pk for one in people]))


def treated_clients(who):
    return list(Client.objects.treated_by(who.user))


def noticed_practitioners(flag):
    return sorted(notice.practitioner.name for notice in Notice.objects.filter(flag=flag))


def make_flag(client, now=None):
    return make.report(make.prescription(client), 4, 8, now or timezone.now()).flags[0]


class TestWhoSees:
    def test_the_cover_treats_the_clients_meanwhile(self, cast):
        assert treated_clients(cast.bob) == [cast.erin]
        add_absence(cast.alice, cast.bob)
        assert treated_clients(cast.bob) == [cast.dana, cast.erin]
        prescription = make.prescription(cast.dana)
        prescribing.hold_prescription(prescription, by=cast.bob.user, reason="She called.")
        assert set(Prescription.objects.visible_to(cast.bob.user)) == {prescription}
        assert set(Client.objects.record_visible_to(cast.bob.user)) == {cast.dana, cast.erin}

    def test_who_is_away_still_sees_the_own_clients(self, cast):
        add_absence(cast.alice, cast.bob)
        assert treated_clients(cast.alice) == [cast.dana]

    def test_it_goes_one_way(self, cast):
        add_absence(cast.bob, cast.alice)
        assert treated_clients(cast.bob) == [cast.erin]

    def test_nobody_else_sees_them(self, cast):
        carol = make.practitioner(cast.alice.clinic, "Carol")
        desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
        add_absence(cast.alice, cast.bob)
        assert [treated_clients(who) for who in (carol, desk, cast.charlie)] == [[], [], []]

    def test_not_before_the_first_day_and_not_after_the_last(self, cast):
        add_absence(cast.alice, cast.bob, TODAY + 2 * DAY, TODAY + 3 * DAY)
        absence = Absence.objects.get()
        assert (absence.begins_at, absence.ends_at) == (NOW - 12 * HOUR + 2 * DAY, NOW - 12 * HOUR + 4 * DAY)
        assert treated_clients(cast.bob) == [cast.erin]
        move_start(absence, timezone.now() - 2 * DAY + HOUR)
        assert treated_clients(cast.bob) == [cast.dana, cast.erin]
        move_start(absence, timezone.now() - 2 * DAY - HOUR)
        assert treated_clients(cast.bob) == [cast.erin]

    def test_a_cover_who_works_here_no_more_sees_nothing(self, cast):
        add_absence(cast.alice, cast.bob)
        Practitioner.objects.filter(pk=cast.bob.pk).update(active=False)
        assert treated_clients(cast.bob) == []

    def test_a_cover_who_is_moved_to_the_front_desk_sees_nothing(self, cast):
        add_absence(cast.alice, cast.bob)
        Practitioner.objects.filter(pk=cast.bob.pk).update(role=Practitioner.Role.FRONT_DESK)
        assert treated_clients(cast.bob) == []

    def test_for_whom_one_covers_as_numbers(self, cast):
        assert covered_practitioners(reload(cast.bob)) == set()
        add_absence(cast.alice, cast.bob)
        assert covered_practitioners(reload(cast.bob, cast.charlie)) == {cast.alice.pk}
        assert covered_practitioners(reload(cast.charlie)) == set()

    def test_whom_nobody_covers_is_left_to_the_owner_of_that_clinic_alone(self, cast):
        olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
        add_absence(cast.alice, None)
        assert covered_practitioners(reload(olga)) == {cast.alice.pk}
        assert covered_practitioners(reload(cast.bob)) == covered_practitioners(reload(cast.charlie)) == set()

    def test_the_worklist_says_until_when(self, cast):
        add_absence(cast.alice, cast.bob)
        until = {row: row.covered_until for row in worklist_query.clients_by_need(cast.bob.user)}
        assert until == {cast.dana: TODAY + 6 * DAY, cast.erin: None}
        assert [row.covered_until for row in worklist_query.clients_by_need(cast.alice.user)] == [None]

    def test_the_days_are_the_clinics_own(self, cast):
        here = cast.alice.clinic
        here.time_zone = "Pacific/Auckland"
        here.save(update_fields=["time_zone"])
        day = dt.date(2027, 3, 1)
        absence = add_absence(cast.alice, cast.bob, day, day)
        assert absence.begins_at == dt.datetime(2027, 2, 28, 11, tzinfo=dt.UTC)
        assert absence.ends_at == dt.datetime(2027, 3, 1, 11, tzinfo=dt.UTC)

    def test_a_day_on_which_the_clocks_change_is_whole(self, cast):
        here = cast.alice.clinic
        here.time_zone = "Europe/Madrid"
        here.save(update_fields=["time_zone"])
        day = dt.date(2027, 3, 28)
        absence = add_absence(cast.alice, cast.bob, day, day)
        assert absence.ends_at - absence.begins_at == 23 * HOUR

    def test_when_the_clinic_moves_to_another_zone_the_days_move_along(self, cast):
        here = cast.alice.clinic
        absence = add_absence(cast.alice, cast.bob, TODAY + DAY, TODAY + DAY)
        here.time_zone = "Asia/Tokyo"
        here.save(update_fields=["time_zone"])
        before = absence.begins_at
        assert absences.apply_clinic_zone(here, NOW) == 1
        absence.refresh_from_db()
        assert (before - absence.begins_at, absence.ends_at - absence.begins_at) == (9 * HOUR, DAY)


def move_start(absence, begins_at):
    """As if it had begun then."""
    length = absence.ends_at - absence.begins_at
    Absence.objects.filter(pk=absence.pk).update(begins_at=begins_at, ends_at=begins_at + length)


class TestWhoIsTold:
    def test_the_cover_and_not_who_is_away(self, cast, olivia):
        add_absence(cast.alice, cast.bob)
        assert noticed_practitioners(make_flag(cast.dana)) == ["Bob"]

    def test_without_a_cover_the_owners(self, cast, olivia):
        add_absence(cast.alice, None)
        assert noticed_practitioners(make_flag(cast.dana)) == ["Olivia"]

    def test_without_cover_and_owner_whoever_there_is(self, cast):
        add_absence(cast.alice, None)
        assert noticed_practitioners(make_flag(cast.dana)) == ["Alice"]

    def test_a_cover_who_left_is_replaced_by_the_owners(self, cast, olivia):
        add_absence(cast.alice, cast.bob)
        Practitioner.objects.filter(pk=cast.bob.pk).update(active=False)
        assert noticed_practitioners(make_flag(cast.dana)) == ["Olivia"]

    def test_nobody_looked_and_the_owner_is_away_so_the_owners_cover_is_told(self, cast, olivia):
        add_absence(olivia, cast.bob)
        flag = make_flag(cast.dana)
        assert escalation.escalate_flags(flag.raised_at + DAY) == 1
        assert noticed_practitioners(flag) == ["Alice", "Bob"]

    def test_nobody_looked_and_no_owner_is_there_so_the_cover_is_told_again(self, cast):
        add_absence(cast.alice, cast.bob)
        flag = make_flag(cast.dana)
        escalation.escalate_flags(flag.raised_at + DAY)
        assert noticed_practitioners(flag) == ["Bob", "Bob"]

    def test_when_it_is_over_the_practitioner_is_told_again(self, cast, olivia):
        absences.end_absence(add_absence(cast.alice, cast.bob), by=cast.alice.user)
        assert noticed_practitioners(make_flag(cast.dana)) == ["Alice"]


class TestTheRules:
    def test_the_cover_is_a_colleague_who_treats(self, cast):
        desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
        gone = make.practitioner(cast.alice.clinic, "Gina")
        Practitioner.objects.filter(pk=gone.pk).update(active=False)
        for nobody in (desk, gone, cast.charlie, cast.alice):
            assert errors_of(cast.alice, nobody) == ["cover"]
        assert not Absence.objects.exists()

    def test_the_front_desk_has_nobody_to_be_covered(self, cast):
        desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
        assert errors_of(desk, cast.bob) == ["practitioner"]

    def test_a_cover_is_not_away_then(self, cast):
        carol = make.practitioner(cast.alice.clinic, "Carol")
        add_absence(cast.bob, carol, TODAY + 6 * DAY, TODAY + 8 * DAY)
        assert errors_of(cast.alice, cast.bob) == ["cover"]
        add_absence(cast.alice, cast.bob, TODAY, TODAY + 5 * DAY)

    def test_who_covers_cannot_go_too(self, cast):
        add_absence(cast.alice, cast.bob)
        assert errors_of(cast.bob, None, TODAY + 3 * DAY, TODAY + 9 * DAY) == ["starts_on"]
        add_absence(cast.bob, None, TODAY + 7 * DAY, TODAY + 9 * DAY)

    def test_two_absences_of_one_person_do_not_overlap(self, cast):
        add_absence(cast.alice, cast.bob)
        assert errors_of(cast.alice, cast.bob, TODAY + 6 * DAY, TODAY + 9 * DAY) == ["starts_on"]
        add_absence(cast.alice, cast.bob, TODAY + 7 * DAY, TODAY + 9 * DAY)

    @pytest.mark.parametrize(
        ("first", "last"), [(0, -1), (-9, -1), (0, 366)], ids=["backwards", "over already", "over a year"]
    )
    def test_days_that_make_no_sense(self, cast, first, last):
        assert errors_of(cast.alice, cast.bob, TODAY + first * DAY, TODAY + last * DAY) == ["ends_on"]

    def test_the_database_holds_the_same(self, cast):
        absence = add_absence(cast.alice, cast.bob)
        for invalid in (
            {"ends_on": TODAY - DAY},
            {"ends_at": absence.begins_at},
            {"cover": cast.alice},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Absence.objects.filter(pk=absence.pk).update(**invalid)


class TestChangingIt:
    def test_another_cover_ends_the_access_of_the_first_at_once(self, cast):
        carol = make.practitioner(cast.alice.clinic, "Carol")
        absence = add_absence(cast.alice, cast.bob)
        absences.change_absence(absence, starts_on=TODAY, ends_on=TODAY + DAY, cover=carol, by=cast.alice.user, now=NOW)
        assert (treated_clients(cast.bob), treated_clients(carol)) == ([cast.erin], [cast.dana])

    def test_ended_early_it_is_over_at_once(self, cast):
        absence = add_absence(cast.alice, cast.bob)
        assert absences.end_absence(absence, by=cast.alice.user)
        assert treated_clients(cast.bob) == [cast.erin]
        assert not absences.end_absence(absence, by=cast.alice.user)

    def test_called_off_before_it_began_it_never_was(self, cast):
        assert absences.end_absence(add_absence(cast.alice, cast.bob, TODAY + 3 * DAY), by=cast.alice.user, now=NOW)
        assert not Absence.objects.exists()

    def test_one_that_is_over_is_not_changed(self, cast):
        absence = add_absence(cast.alice, cast.bob)
        absences.end_absence(absence, by=cast.alice.user, now=NOW)
        absence.refresh_from_db()
        with pytest.raises(ValidationError):
            absences.change_absence(
                absence, starts_on=TODAY, ends_on=TODAY + DAY, cover=cast.bob, by=cast.alice.user, now=NOW + HOUR
            )

    def test_each_step_is_in_the_book(self, cast, olivia):
        absence = add_absence(cast.alice, cast.bob)
        absences.change_absence(absence, starts_on=TODAY, ends_on=TODAY + DAY, cover=None, by=olivia.user, now=NOW)
        absences.end_absence(absence, by=olivia.user, now=NOW)
        off = add_absence(cast.bob, None, TODAY + 3 * DAY)
        absences.end_absence(off, by=cast.bob.user, now=NOW)
        kept = AuditEntry.objects.filter(target_kind="absence").order_by("pk").values_list("verb", "actor")
        assert list(kept) == [
            ("absence_added", cast.alice.user.pk),
            ("absence_changed", olivia.user.pk),
            ("absence_ended", olivia.user.pk),
            ("absence_added", cast.bob.user.pk),
            ("absence_cancelled", cast.bob.user.pk),
        ]


def test_the_api_follows(cast):
    from rest_framework.test import APIClient

    make.prescription(cast.dana)
    api = APIClient()
    api.force_authenticate(cast.bob.user)
    assert api.get(f"/api/v1/clients/{cast.dana.pk}/").status_code == 404
    absence = add_absence(cast.alice, cast.bob)
    assert api.get(f"/api/v1/clients/{cast.dana.pk}/").status_code == 200
    absences.end_absence(absence, by=cast.alice.user)
    assert api.get(f"/api/v1/clients/{cast.dana.pk}/").status_code == 404


@pytest.mark.django_db
def test_acknowledged_by_the_cover_it_is_the_cover_s_in_the_book(cast):
    from clinic.flags import lifecycle

    add_absence(cast.alice, cast.bob)
    flag = make_flag(cast.dana)
    assert list(Flag.objects.visible_to(cast.bob.user)) == [flag]
    assert lifecycle.acknowledge_flag(flag, cast.bob.user)
    assert AuditEntry.objects.get(verb="flag_acknowledged").actor == cast.bob.user


def test_time_travel_is_not_needed_for_the_database_s_clock(cast):
    """The rows are compared with the database's clock, which a worker with a wrong one cannot move."""
    add_absence(cast.alice, cast.bob)
    with time_machine.travel(timezone.now() + 30 * DAY):
        assert treated_clients(cast.bob) == [cast.dana, cast.erin]
