"""The changes of a client's plan in the last days as text, without the practitioner's reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext, pgettext

from clinic.dosage.text import day_name, format_seconds, join_list
from clinic.models import Client, Prescription, PrescriptionChange, PrescriptionVersion
from clinic.models.fields import WEEKDAYS, zone
from exercises.models import Exercise

DISPLAYED_FOR = dt.timedelta(days=7)


class Kind(StrEnum):
    CHANGED = "changed"
    RESUMED = "resumed"
    ENDED = "ended"


@dataclass(frozen=True)
class PlanChange:
    """One change of one exercise."""

    kind: Kind
    exercise: str
    when: str  # "today", "yesterday", "Tuesday"
    sentences: Sequence[str]  # of a changed dose: "2 times a day instead of 1"
    at: dt.datetime


def list_changes(client: Client, now: dt.datetime, draft: PrescriptionVersion | None = None) -> list[PlanChange]:
    """The changes of the last week, newest first, in the active language; in a fixed number of queries.

    They are: a dose that differs from the one before that week, an exercise resumed, an exercise that has ended. An
    exercise on hold shows that itself, as long as it lasts.

    Args:
        draft: a version not yet stored, listed as if it were.
    """
    since = now - DISPLAYED_FOR
    plans = client.prescriptions.filter(~Q(state=Prescription.State.ENDED) | Q(state_since__gt=since)).select_related(
        "exercise"
    )
    plans = plans.prefetch_related("versions", "changes", "exercise__texts", "exercise__variations")
    changes = [change for plan in plans for change in _changes_of(plan, client, since, now, draft)]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def describe_changes(version: PrescriptionVersion, now: dt.datetime, language: str) -> list[str]:
    """The sentences that the client reads for a week about this version, stored or not; empty for the same dose."""
    plan = version.prescription
    earlier = plan.versions.filter(number__lt=version.number).order_by("number")
    return _differences_since([*earlier, version], plan.exercise, now - DISPLAYED_FOR, language)


def _changes_of(
    plan: Prescription, client: Client, since: dt.datetime, now: dt.datetime, draft: PrescriptionVersion | None
) -> Iterable[PlanChange]:
    time_zone = zone(client.time_zone)

    def change(kind: Kind, at: dt.datetime, sentences: Sequence[str] = ()) -> PlanChange:
        day = _format_day(at.astimezone(time_zone).date(), now.astimezone(time_zone).date())
        return PlanChange(kind, plan.exercise.name, day, sentences, at)

    latest: PrescriptionChange | None = max(plan.changes.all(), key=lambda row: (row.at, row.pk), default=None)
    if plan.state == Prescription.State.ENDED:
        yield change(Kind.ENDED, plan.state_since)
        return
    if plan.state == Prescription.State.ACTIVE and latest is not None and latest.at > since:
        yield change(Kind.RESUMED, latest.at)
    versions = sorted(plan.versions.all(), key=lambda version: version.number)
    if draft is not None and draft.prescription_id == plan.pk:
        versions.append(draft)
    if sentences := _differences_since(versions, plan.exercise, since, client.language):
        yield change(Kind.CHANGED, versions[-1].created_at, sentences)


def _differences_since(
    versions: Sequence[PrescriptionVersion], exercise: Exercise, since: dt.datetime, language: str
) -> list[str]:
    """The differences of the newest version from the one in force at ``since``; ``versions`` in their order."""
    newest = versions[-1]
    before = [version for version in versions[:-1] if version.created_at <= since] or versions[:1]
    return describe_differences(before[-1], newest, exercise, language) if newest.created_at > since else []


def describe_differences(
    old: PrescriptionVersion, new: PrescriptionVersion, exercise: Exercise, language: str
) -> list[str]:
    """A sentence for each difference of the new version from the old; empty for the same dose."""
    sentences = []
    if old.days != new.days:
        days = {"new": _join_days(new.day_names), "old": _join_days(old.day_names)}
        sentences.append(_("%(new)s instead of %(old)s.") % days)
    if old.times != new.times:
        sentences += _describe_times(old.times.split(","), new.times.split(","))
    if old.sets != new.sets:
        message = ngettext("%(count)s round instead of %(old)s.", "%(count)s rounds instead of %(old)s.", new.sets)
        sentences.append(message % {"count": new.sets, "old": old.sets})
    if old.hold_seconds != new.hold_seconds:
        message = _("Hold for %(new)s instead of %(old)s.")
        sentences.append(message % {"new": format_seconds(new.hold_seconds), "old": format_seconds(old.hold_seconds)})
    if old.variation != new.variation:
        names = {row.code: row.name for row in exercise.variations_in(language)}
        message = _("Another way to do it: %(way)s.") % {"way": names.get(new.variation, new.variation)}
        sentences.append(message if new.variation else _("Do it as it is shown."))
    if old.ends_on != new.ends_on:
        until = new.ends_on and date_format(new.ends_on, _("j F Y"))
        sentences.append(_("The last day is %(day)s.") % {"day": until} if until else _("It has no last day."))
    return [sentence[0].upper() + sentence[1:] for sentence in sentences]


def _describe_times(old: Sequence[str], new: Sequence[str]) -> list[str]:
    times = join_list(list(new))
    if len(old) == len(new):
        return [_("At %(new)s instead of %(old)s.") % {"new": times, "old": join_list(list(old))}]
    message = ngettext(
        "%(count)s time a day instead of %(old)s: at %(times)s.",
        "%(count)s times a day instead of %(old)s: at %(times)s.",
        len(new),
    )
    return [message % {"count": len(new), "old": len(old), "times": times}]


def _join_days(days: Sequence[str]) -> str:
    return _("every day") if len(days) == len(WEEKDAYS) else join_list([day_name(day) for day in days])


def _format_day(day: dt.date, today: dt.date) -> str:
    match (today - day).days:
        case 0:
            return _("today")
        case 1:
            return _("yesterday")
    return pgettext("a day of the last week", "%(day)s") % {"day": date_format(day, "l")}
