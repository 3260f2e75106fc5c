"""Whoever goes away, comes back, covers or hands over as mails wait: of each open flag somebody who may see hears."""

import datetime as dt
from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings, strategies as st

from clinic.clients import handover
from clinic.flags import escalation
from clinic.mail.outbox import send_due
from clinic.models import Absence, Client, Flag, Notice, Practitioner
from clinic.models.outbox import OPEN
from clinic.team import absences
from tests import make

DAY, MINUTE, MOMENT = dt.timedelta(days=1), dt.timedelta(minutes=1), dt.timedelta(seconds=1)
TODAY = timezone.now().date() + DAY
NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)

who = st.sampled_from(["alice", "bob", "carol", "olga"])
cover = st.sampled_from(["alice", "bob", "carol", "olga", None])
first_day = st.sampled_from([0, 0, 0, 2])  # from today, so that it lasts already, or still to come
move = st.one_of(
    st.tuples(st.just("go_away"), who, cover, first_day),
    st.tuples(st.just("change"), who, cover, first_day),
    st.tuples(st.just("come_back"), who),
    st.tuples(st.just("hand_over"), st.sampled_from(["dana", "erin"]), st.sampled_from(["alice", "bob", "carol"])),
    st.tuples(st.just("report"), st.sampled_from(["dana", "erin"])),
    st.tuples(st.just("rise")),
    st.tuples(st.just("tick"), st.sampled_from([MOMENT, 4 * MINUTE])),
)


class Practice:
    """Who works here, the clock, and what each move does."""

    def __init__(self, cast, people):
        self.people, self.now = people, NOON
        self.bends = {name: make.prescription(getattr(cast, name)) for name in ("dana", "erin")}

    def go_away(self, name, cover, starts_in):
        with suppress(ValidationError):
            absences.add_absence(self.people[name], **self._days(cover, starts_in))

    def change(self, name, cover, starts_in):
        for absence in self._absences(name):
            with suppress(ValidationError):
                absences.change_absence(absence, **self._days(cover, starts_in))

    def come_back(self, name):
        for absence in self._absences(name):
            absences.end_absence(absence, by=self.people["olga"].user, now=self.now)

    def hand_over(self, client, to):
        stored = Client.objects.get(pk=self.bends[client].client_id)
        with suppress(ValidationError):
            handover.hand_over_client(stored, self.people[to], by=self.people["olga"], reason="Knows", now=self.now)

    def report(self, client):
        self.bends[client].refresh_from_db()
        with suppress(ValidationError):
            make.report(self.bends[client], 4, 8, at=self.now)

    def rise(self):
        self.tick(4 * MINUTE)
        self.now += DAY
        escalation.escalate_flags(self.now)

    def tick(self, later):
        self.now += later
        send_due(Notice, self.now)
        self._each_mail_went_to_somebody_who_may_see()
        self._none_was_withheld_for_nothing()

    def _absences(self, name):
        return list(Absence.objects.unended(self.now).filter(practitioner=self.people[name]))

    def _days(self, cover, starts_in):
        first = self.now.date() + starts_in * DAY
        days = {"starts_on": first, "ends_on": first + DAY}
        return {**days, "cover": self.people.get(cover), "by": self.people["olga"].user, "now": self.now}

    def _may_see(self, reader, flag):
        """Treats the client now, by the rule of the pages, or is at the head of the clinic, or stands in for one."""
        treats = flag.prescription.client.practitioner
        olga = self.people["olga"]
        covered = Absence.objects.at(self.now).filter(cover=reader, practitioner__in=[treats, olga])
        return reader in (treats, olga) or covered.exists()

    def _each_mail_went_to_somebody_who_may_see(self):
        for mail in Notice.objects.filter(state="sent", sent_at=self.now, flag__state=Flag.State.OPEN):
            assert self._may_see(mail.practitioner, mail.flag)

    def _none_was_withheld_for_nothing(self):
        withheld = Notice.objects.filter(
            state="skipped", status_detail__in=["absent", "withdrawn"], settled_at=self.now
        )
        for flag in Flag.objects.filter(notices__in=withheld, state=Flag.State.OPEN):
            others = flag.notices.filter(state__in=[*OPEN, "sent"]) | flag.notices.filter(status_detail="together")
            assert any(self._may_see(mail.practitioner, flag) for mail in others)


@pytest.fixture
def practice(cast):
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    carol = make.practitioner(cast.alice.clinic, "Carol")
    return SimpleNamespace(cast=cast, people={"alice": cast.alice, "bob": cast.bob, "carol": carol, "olga": olga})


BACK_BEFORE_THE_COVER_WAS_TOLD = [
    *[("report", "erin"), ("tick", MOMENT), ("report", "dana"), ("go_away", "alice", "bob", 0)],
    *[("tick", MOMENT), ("come_back", "alice")],
]
MOVED_TO_THE_FUTURE = [("go_away", "alice", "bob", 0), ("report", "dana"), ("change", "alice", "bob", 2)]


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(BACK_BEFORE_THE_COVER_WAS_TOLD)
@example(MOVED_TO_THE_FUTURE)
@given(moves=st.lists(move, min_size=2, max_size=12))
def test_of_each_open_flag_somebody_hears_who_may_see(practice, moves):
    with transaction.atomic():
        replayed = Practice(practice.cast, practice.people)
        for verb, *given_ in moves:
            getattr(replayed, verb)(*given_)
            replayed.now += MOMENT
        replayed.tick(4 * MINUTE)
        replayed.tick(4 * MINUTE)
        for flag in Flag.objects.filter(state=Flag.State.OPEN):
            heard = flag.notices.filter(state="sent") | flag.notices.filter(status_detail="together")
            assert heard.exists(), [(row.practitioner.name, row.state, row.status_detail) for row in flag.notices.all()]
        transaction.set_rollback(True)  # before the next example
