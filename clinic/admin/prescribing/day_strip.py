"""A client's day as a strip: getting up, the early morning, quiet hours, times planned and times chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.models import Client, Prescription
from clinic.reminders import planning
from clinic.reminders.schedule import AVOID_MORNING

MINUTES = 24 * 60
MORNING, QUIET = "morning", "quiet"


@dataclass(frozen=True)
class Band:
    """A part of the day, in percent of it: where it begins and how long it is."""

    kind: str
    start: str
    length: str


@dataclass(frozen=True)
class Mark:
    """One time of day, in percent of it."""

    time: str
    at: str
    kind: str  # "chosen", "other", "not-wanted" or "hour"


@dataclass(frozen=True)
class OtherPlan:
    """The times of another exercise of the same client."""

    exercise: str
    times: Sequence[str]
    without_reminder: Sequence[str]  # of them, those the client wants no reminder of

    @property
    def text(self) -> str:
        times = ", ".join(self.times)
        if not self.without_reminder:
            return times
        params = {"times": times, "unwished": ", ".join(self.without_reminder)}
        return _("%(times)s; no reminder wanted at %(unwished)s") % params


@dataclass(frozen=True)
class DayStrip:
    """What the strip shows of one client."""

    client: Client
    times: Sequence[str]
    others: Sequence[OtherPlan]
    early: Sequence[str]
    without_reminder: Sequence[str] = ()  # times of the plan being changed that the client wants no reminder of

    @property
    def wakes(self) -> int:
        """Minutes after midnight, for the script."""
        return _minutes(self.client.wakes_at)

    @property
    def early_until(self) -> str:
        return _clock(self.wakes + _MORNING_MINUTES)

    @property
    def quiet(self) -> tuple[int, int] | None:
        """Quiet hours in force, the client's own or else the clinic's: begin and end, in minutes after midnight."""
        hours = self.client.quiet_hours
        return (_minutes(hours[0]), _minutes(hours[1])) if hours else None

    @property
    def quiet_text(self) -> str:
        """From when until when, and whose hours they are."""
        quiet = self.quiet
        if quiet is None:
            return ""
        params = {"begin": _clock(quiet[0]), "end": _clock(quiet[1])}
        if self.client.quiet_from is None:
            return _("no reminder in the clinic’s quiet hours, %(begin)s to %(end)s") % params
        return _("no reminder in the client’s own quiet hours, %(begin)s to %(end)s") % params

    @property
    def bands(self) -> list[Band]:
        quiet = self.quiet
        quiet_bands = _bands(QUIET, quiet[0], (quiet[1] - quiet[0]) % MINUTES) if quiet else []
        return [*quiet_bands, *_bands(MORNING, self.wakes, _MORNING_MINUTES)]

    @property
    def marks(self) -> list[Mark]:
        """The marks of other exercises first, so that the chosen times lie on top."""
        others = [
            _mark(time, "not-wanted" if time in other.without_reminder else "other")
            for other in self.others
            for time in other.times
        ]
        return others + [_mark(time, "chosen") for time in sorted(set(self.times))]

    @property
    def in_quiet_hours(self) -> list[str]:
        """The chosen times that lie in quiet hours, where no reminder comes."""
        quiet = self.quiet
        return [time for time in self.times if quiet and _in(_minutes(dt.time.fromisoformat(time)), quiet)]


_MORNING_MINUTES = int(AVOID_MORNING.total_seconds() // 60)


def build_strips(
    clients: Collection[Client],
    times: Sequence[str],
    early: Mapping[int, Sequence[str]],
    without: Prescription | None = None,
) -> list[DayStrip]:
    """The strips of these clients, in four queries whatever their number.

    Args:
        clients: each with the clinic, whose quiet hours may apply.
        times: the chosen ones, as HH:MM.
        early: of them, those in the early morning of a client, by the client's number.
        without: the plan that is being changed; its times are the chosen ones.
    """
    planned = _running_plans(clients)
    strips = []
    for client in clients:
        plans = planned.get(client.pk, {})
        changed = plans.pop(without.pk, None) if without else None
        without_reminder = changed.without_reminder if changed else ()
        strips.append(DayStrip(client, times, list(plans.values()), early.get(client.pk, []), without_reminder))
    return strips


def _running_plans(clients: Collection[Client]) -> dict[int, dict[int, OtherPlan]]:
    """The running plans by client and prescription."""
    running = Prescription.objects.running().filter(client__in=clients).select_related("exercise")
    plans = list(running.prefetch_related("exercise__texts"))
    numbers = {plan.pk for plan in plans}
    versions, choices = planning.newest_versions(numbers), planning.reminder_choices(numbers)
    by_client: dict[int, dict[int, OtherPlan]] = {}
    for plan in plans:
        version, choice = versions[plan.pk], choices.get(plan.pk)
        excluded = choice.find_exclusions(version)[1] if choice else []
        without_reminder = version.local_times if choice and not choice.wanted else excluded
        by_client.setdefault(plan.client_id, {})[plan.pk] = OtherPlan(
            plan.exercise.name, version.times.split(","), [f"{time:%H:%M}" for time in without_reminder]
        )
    return by_client


def _mark(time: str, kind: str) -> Mark:
    return Mark(time, _percent(_minutes(dt.time.fromisoformat(time))), kind)


def _bands(kind: str, start: int, length: int) -> list[Band]:
    """One band, or two where it goes over midnight."""
    return [Band(kind, _percent(begin), _percent(long)) for begin, long in _split_at_midnight(start, length)]


def _split_at_midnight(start: int, length: int) -> Iterator[tuple[int, int]]:
    before_midnight = min(length, MINUTES - start)
    yield start, before_midnight
    if length > before_midnight:
        yield 0, length - before_midnight


def _in(minute: int, span: tuple[int, int]) -> bool:
    return (minute - span[0]) % MINUTES < (span[1] - span[0]) % MINUTES


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _percent(minutes: int) -> str:
    return f"{minutes * 100 / MINUTES:.2f}%"


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def hour_marks() -> Iterable[Mark]:
    """The hours written under the strip."""
    return [Mark(f"{hour:02d}", _percent(hour * 60), "hour") for hour in (0, 6, 12, 18, 24)]
