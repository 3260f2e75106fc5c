"""A flag that rose, and a mail that came back, while people go away: the owners or whoever stands in are told."""

import pytest
from django.core import mail
from django.utils import timezone

from clinic.bounces import handling
from clinic.clients import handover
from clinic.flags import escalation, lifecycle
from clinic.models import Absence, Notice, Practitioner
from tests import make
from tests.flags.waiting_notices import DAY, HOUR, MINUTE, MOMENT, away, back, had_a_mail_just_now, sent, waits


@pytest.fixture
def carol(cast):
    return make.practitioner(cast.alice.clinic, "Carol")


@pytest.fixture
def now():
    return timezone.now() + HOUR


class TestAFlagThatRose:
    @pytest.fixture
    def olga(self, cast):
        return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)

    @pytest.fixture
    def later(self, cast, olga, now):
        """When the flag of Alice's client rose, as she was told and did not look."""
        notice = waits(cast.dana)
        sent(now)
        later = notice.flag.raised_at + DAY + HOUR
        assert escalation.escalate_flags(later) == 1
        return later

    def test_says_to_the_cover_of_the_owner_too_that_nobody_has_looked(self, carol, olga, later):
        away(olga, carol, later, later + DAY)
        assert sent(later + MOMENT) == ["Carol"]
        assert "nobody has looked yet" in mail.outbox[0].body

    def test_is_left_with_the_cover_of_the_owner_while_that_one_is_away(self, carol, olga, later):
        had_a_mail_just_now(carol, later)
        away(olga, carol, later, later + DAY)
        assert sent(later + MOMENT) == []
        assert sent(later + 4 * MINUTE) == ["Carol"]

    def test_comes_back_to_the_owner_who_is_back(self, carol, olga, later):
        had_a_mail_just_now(carol, later)
        absence = away(olga, carol, later, later + DAY)
        assert sent(later + MOMENT) == []
        back(absence, later + 2 * MOMENT)
        assert sent(later + 4 * MINUTE) == ["Olga"]
        assert "nobody has looked yet" in mail.outbox[0].body

    def test_comes_back_to_the_owner_whom_the_practitioner_covered(self, cast, olga, later):
        """Not only to the one who did not look."""
        had_a_mail_just_now(cast.alice, later)
        absence = away(olga, cast.alice, later, later + DAY)
        assert sent(later + MOMENT) == []
        back(absence, later + 2 * MOMENT)
        assert sent(later + 4 * MINUTE) == ["Alice", "Olga"]

    def test_handed_over_and_covered_is_told_to_the_cover_and_not_only_to_the_owner(self, cast, carol, olga, later):
        sent(later)
        handover.hand_over_client(cast.dana, cast.bob, by=olga, reason="Knows knees", now=later + HOUR)
        away(cast.bob, carol, later, later + DAY)
        assert sent(later + HOUR + MOMENT) == ["Carol"]


class TestAMailThatCameBack:
    def test_an_owner_whose_own_mail_was_skipped_is_told(self, cast, now):
        """The owner covered, was away before the mail went, and came back."""
        olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
        absence = away(cast.alice, olga, now - DAY, now + DAY)
        notice = waits(cast.dana)
        Absence.objects.filter(pk=absence.pk).update(cover=cast.bob)
        short = away(olga, None, now - DAY, now + DAY)
        assert sent(now) == ["Bob"]
        back(short, now + MOMENT)
        came_back(notice.flag, cast.bob, now + 2 * MOMENT)
        assert sent(now + 4 * MINUTE) == ["Olga"]

    def test_the_cover_of_an_owner_who_is_away_is_told(self, cast, carol, now):
        olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
        away(olga, carol, now - DAY, now + DAY)
        notice = waits(cast.dana)
        assert sent(now) == ["Alice"]
        came_back(notice.flag, cast.alice, now + MOMENT)
        assert sent(now + 4 * MINUTE) == ["Carol"]

    def test_an_owner_told_before_the_flag_was_opened_again_is_told_again(self, cast, now):
        olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
        notice = waits(cast.dana)
        assert sent(now) == ["Alice"]
        came_back(notice.flag, cast.alice, now + MOMENT)
        assert sent(now + 4 * MINUTE) == ["Olga"]
        lifecycle.acknowledge_flag(notice.flag, olga.user, now=now + HOUR)
        handover.hand_over_client(cast.dana, cast.bob, by=olga, reason="Knows knees", now=now + 2 * HOUR)
        assert sent(now + 2 * HOUR) == ["Bob"]
        came_back(notice.flag, cast.bob, now + 3 * HOUR)
        assert sent(now + 3 * HOUR) == ["Olga"]


def came_back(flag, who, now):
    """The mailbox was full."""
    row = Notice.objects.get(flag=flag, practitioner=who, state="sent")
    assert handling.record_bounce(row, "452 4.2.2 mailbox full", hard=False, now=now)
