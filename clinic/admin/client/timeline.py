"""Everything that was done about one client, and by whom: one line an act, out of the rows that keep it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.admin import labels as admin_labels
from clinic.admin.client import rule_settings
from clinic.admin.client.queries import AtHand, occurred_at
from clinic.models import Client, Flag, FlagEvent, Prescription
from clinic.models.fields import zone

PER_PAGE = 20

# The acts that the audit alone keeps; what is about an exercise is told by its name.
_AUDITED: Mapping[str, Any] = {
    "printed": gettext_lazy("made a PDF of %(exercise)s: handout or summary"),
    "exported": gettext_lazy("took out all of the client's data as a file"),
    "erased": gettext_lazy("erased who the client was"),
    "left": gettext_lazy("left the clinic"),
    "complained": gettext_lazy("reported a mail of ours as unwanted"),
    "reminders-on": gettext_lazy("turned reminders on"),
    "reminders-off": gettext_lazy("turned reminders off"),
    "paused": gettext_lazy("paused the reminders"),
    "pause-ended": gettext_lazy("ended the pause of the reminders"),
    "hours-changed": gettext_lazy("changed time zone, hour of getting up or quiet hours"),
    "language-changed": gettext_lazy("changed the language"),
    "way-chosen": gettext_lazy("chose how reminders come"),
    "phone-added": gettext_lazy("let a phone show reminders"),
    "phone-removed": gettext_lazy("took a phone off the reminders"),
    "calendar-opened": gettext_lazy("opened a calendar of the plan"),
    "calendar-renewed": gettext_lazy("gave the calendar a new address"),
    "calendar-closed": gettext_lazy("closed the calendar"),
}
_MOVED: Mapping[str, Any] = {
    Prescription.State.HELD: gettext_lazy("held %(exercise)s"),
    Prescription.State.ACTIVE: gettext_lazy("resumed %(exercise)s"),
    Prescription.State.ENDED: gettext_lazy("ended %(exercise)s"),
}
_FLAGGED: Mapping[str, Any] = {
    FlagEvent.Verb.RAISED: gettext_lazy("raised flag %(number)s: %(kind)s"),
    FlagEvent.Verb.ACKNOWLEDGED: gettext_lazy("acknowledged flag %(number)s"),
    FlagEvent.Verb.REOPENED: gettext_lazy("reopened flag %(number)s"),
    FlagEvent.Verb.ESCALATED: gettext_lazy("told the owner of flag %(number)s, as nobody had looked"),
    FlagEvent.Verb.RESOLVED: gettext_lazy("resolved flag %(number)s"),
}


@dataclass(frozen=True)
class Deed:
    """One act."""

    at: dt.datetime
    who: str
    what: str  # goes on after the name: "held Forward bend"
    said: str = ""  # the reason or note that was given
    link: str = ""  # where on the page it is shown


def of(hand: AtHand, numbers: Mapping[int, int], page: str | None) -> Page[Deed]:
    """One page of it, the newest first.

    Args:
        numbers: of the flags, as on the chart.
        page: which one, as the address says it.
    """
    told = [deed for tell in _TELLERS for deed in tell(hand, numbers)]
    told.sort(key=lambda deed: deed.at, reverse=True)
    return Paginator(told, PER_PAGE).get_page(page)


def _coming_in(hand: AtHand, numbers: Mapping[int, int]) -> Iterator[Deed]:
    client: Client = hand.client
    for number, row in enumerate(sorted(hand.rows["invitations"], key=lambda row: row.pk)):
        yield Deed(row.due_at, row.who, _("sent the invitation again") if number else _("invited the client"))
    if client.consented_at is not None:
        yield Deed(client.consented_at, client.name, _("joined and agreed to the terms"))
    for row in hand.rows["messages"]:
        yield Deed(row.due_at, row.who, _("sent a message"), row.text, f"#message-{row.pk}")
        if row.read_at is not None:
            day = _day(row.due_at, hand)
            yield Deed(row.read_at, client.name, _("read the message of %(day)s") % {"day": day})


def _plans(hand: AtHand, numbers: Mapping[int, int]) -> Iterator[Deed]:
    for prescription in hand.prescriptions:
        named = {"exercise": prescription.exercise.name}
        link = f"#prescription-{prescription.pk}"
        for row in hand.of(prescription, "versions"):
            act = _("prescribed %(exercise)s: %(dose)s") if row.number == 1 else _("changed %(exercise)s to %(dose)s")
            yield Deed(row.made_at, row.who, act % {**named, "dose": _dose(row)}, row.reason, link)
        for row in hand.of(prescription, "changes"):
            yield Deed(row.at, _who(row.by_id, hand), str(_MOVED[row.new]) % named, row.reason, link)


def _flags(hand: AtHand, numbers: Mapping[int, int]) -> Iterator[Deed]:
    for flag in hand.flags:
        told = {"number": numbers[flag.pk], "kind": Flag.Kind(flag.kind).label}
        for row in flag.events.all():
            said = flag.reason if row.verb == FlagEvent.Verb.RAISED else row.note
            yield Deed(row.at, _who(row.by_id, hand), str(_FLAGGED[row.verb]) % told, said, f"#flag-{flag.pk}")


def _notes(hand: AtHand, numbers: Mapping[int, int]) -> Iterator[Deed]:
    for row in hand.rows["notes"]:
        yield Deed(row.at, row.who, _("corrected a note") if row.corrects_id else _("wrote a note"), row.text, "#notes")
    for row in hand.rows["rule_settings"]:
        knobs = rule_settings.in_words((row.sensitivity, row.smallest_rise))
        yield Deed(row.at, row.who, _("set how finely the rule listens: %(knobs)s") % {"knobs": knobs}, row.reason)


def _corrections(hand: AtHand, numbers: Mapping[int, int]) -> Iterator[Deed]:
    for row in hand.rows["corrections"]:
        told = {
            "field": admin_labels.answer(row.field), "day": _day(occurred_at(row), hand),
            "old": row.old or "–", "new": row.new or "–",
        }  # fmt: skip
        act = _("corrected %(field)s in the report of %(day)s: %(old)s, now %(new)s") % told
        yield Deed(row.at, hand.names.get(row.by_id) or _("a link in a mail"), act, row.reason)


def _audited(hand: AtHand, numbers: Mapping[int, int]) -> Iterator[Deed]:
    named = {prescription.pk: prescription.exercise.name for prescription in hand.prescriptions}
    for row in hand.rows["audit"]:
        nobody = _("the mail program") if row.verb == "complained" else _("the operator")
        who = hand.names.get(row.actor_id) or (_("somebody else") if row.actor_id else nobody)
        what = str(_AUDITED[row.verb])
        if row.target_kind == "prescription":
            what %= {"exercise": named[row.target_id]}
        yield Deed(row.at, who, what)


_TELLERS: list[Callable[[AtHand, Mapping[int, int]], Iterator[Deed]]] = [
    *(_coming_in, _plans, _flags, _notes, _corrections, _audited),
]


def _who(user: int | None, hand: AtHand) -> str:
    return hand.names.get(user) or (_("the rules") if user is None else _("somebody else"))


def _day(at: dt.datetime, hand: AtHand) -> str:
    return date_format(at.astimezone(zone(hand.client.time_zone)), _("j M Y"))


def _dose(version: Any) -> str:
    times = {"days": admin_labels.days(version.day_names), "times": admin_labels.times(version.local_times)}
    sets = ngettext("%(count)s set", "%(count)s sets", version.sets) % {"count": version.sets}
    hold = _("hold %(seconds)s s") % {"seconds": version.hold_seconds}
    return ", ".join([_("%(days)s at %(times)s") % times, sets, hold])
