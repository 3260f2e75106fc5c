"""The daily mail: who must not get it after all, and how it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.db.models import Max
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import ngettext, override

from clinic.conf import conf
from clinic.mail import signed_links
from clinic.mail.compose import Letter, letter
from clinic.mail.signed_links import Purpose
from clinic.models import Absence, Digest, Flag, Practitioner, SkipReason
from clinic.models.outbox import State
from clinic.team.digest import counts as digest_counts
from clinic.team.digest.counts import DigestCounts

_COUNTS = "_counts"


def guard(digests: list[Digest], now: dt.datetime) -> Mapping[int, SkipReason]:
    """Who must not get it: counted at the last moment, and what was counted is what the mail then says."""
    people = {row.practitioner_id for row in digests}
    away = set(Absence.objects.at(now).filter(practitioner__in=people).values_list("practitioner", flat=True))
    reasons = {row.pk: _reason(row, now, away=row.practitioner_id in away) for row in digests}
    return {pk: why for pk, why in reasons.items() if why is not None}


def _reason(row: Digest, now: dt.datetime, *, away: bool) -> SkipReason | None:
    who = row.practitioner
    because = {
        SkipReason.INACTIVE: not (who.active and who.user.is_active and who.is_clinical),
        SkipReason.UNSUBSCRIBED: not who.digest_wanted,
        SkipReason.UNDELIVERABLE: who.undeliverable_since is not None,
        SkipReason.ABSENT: away,
    }
    why = next((why for why, holds in because.items() if holds), None)
    if why is None:
        told = digest_counts.count_for(who, last_sent(row), now)
        setattr(row, _COUNTS, told)
        why = None if told else SkipReason.NOTHING
    return why


def last_sent(row: Digest) -> dt.datetime | None:
    """When the daily mail before this one went out."""
    before = Digest.objects.filter(practitioner=row.practitioner_id, state=State.SENT, day__lt=row.day)
    at: dt.datetime | None = before.aggregate(at=Max("sent_at"))["at"]
    return at


def compose(row: Digest) -> EmailMultiAlternatives:
    """The mail of one day, with the numbers that its guard counted."""
    told: DigestCounts | None = getattr(row, _COUNTS, None)
    if told is None:
        told = digest_counts.count_for(row.practitioner, last_sent(row), timezone.now())
    return build_letter(
        row.practitioner, told, row.message_id, signed_links.url(Purpose.STOP_DIGEST, row.practitioner_id)
    )


def preview_digest(who: Practitioner) -> Letter | None:
    """The mail as it would be now, with a link that stops nothing; None: there is nothing to tell."""
    last: dt.datetime | None = Digest.objects.filter(practitioner=who, state=State.SENT).aggregate(at=Max("sent_at"))[
        "at"
    ]
    told = digest_counts.count_for(who, last, timezone.now())
    return build_letter(who, told, f"preview@{conf.mail_domain}", signed_links.nowhere()) if told else None


def build_letter(who: Practitioner, told: DigestCounts, message_id: str, stop_url: str) -> Letter:
    """The mail that tells these numbers."""
    worklist = conf.base_url + conf.worklist_path
    with override(who.mail_language):
        lines = list(_lines(who, told, worklist))
    return letter(
        "digest",
        to=(who.name, who.email),
        clinic=who.clinic,
        language=who.mail_language,
        message_id=message_id,
        context={
            "practitioner": who,
            "to_look_at": told.to_look_at,
            "lines": lines,
            "worklist_url": worklist,
            "settings_url": _page_url("my_settings", worklist),
            "stop_url": stop_url,
        },
        headers={
            "List-Id": f"<daily.{who.clinic.slug}.{conf.mail_domain}>",
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


class Line(NamedTuple):
    """A sentence of the mail, the page that says more, and what the number is made up of, each with its own page."""

    words: str
    url: str
    parts: Sequence[tuple[str, str]] = ()


def _lines(who: Practitioner, told: DigestCounts, worklist: str) -> Iterator[Line]:
    """One sentence for each number that is not zero; a link to the worklist shows those whom it counts."""
    sees_colleagues = who.role == Practitioner.Role.OWNER or who.clinic.shares_records
    at_several = len(Practitioner.objects.for_user(who.user)) > 1
    narrowed = f"{f'clinic={who.clinic_id}&' if at_several else ''}{'who=mine&' if sees_colleagues else ''}"
    waiting = f"{worklist}?{narrowed}open="
    by_need = zip(Flag.Severity, (told.urgent, told.high, told.routine), strict=True)
    look = ngettext("%(count)s client needs you to look.", "%(count)s clients need you to look.", told.to_look_at)
    silent = ngettext(
        "%(count)s of them has not been heard of for a while.",
        "%(count)s of them have not been heard of for a while.",
        told.silent,
    )
    unseen = ngettext(
        "%(count)s client of the clinic waits, and nobody has looked yet.",
        "%(count)s clients of the clinic wait, and nobody has looked yet.",
        told.unseen,
    )
    reports = ngettext("%(count)s new report.", "%(count)s new reports.", told.reports)
    registrants = ngettext(
        "%(count)s person who registered waits for your answer.",
        "%(count)s people who registered wait for your answer.",
        told.registrants,
    )
    invitations = ngettext(
        "%(count)s invitation has not been taken up.",
        "%(count)s invitations have not been taken up.",
        told.invitations,
    )
    parts = [(f"{capfirst(severity.label)}: {count}", f"{waiting}{severity}") for severity, count in by_need if count]
    for count, sentence, url in (
        (told.to_look_at, look, f"{waiting}any"),
        (told.silent, silent, f"{waiting}any&kind=silent"),
        (told.unseen, unseen, worklist),
        (told.reports, reports, worklist),
        (told.registrants, registrants, _page_url("registrants", worklist)),
        (told.invitations, invitations, _page_url("clients", worklist)),
    ):
        if count:
            yield Line(sentence % {"count": count}, url, parts if sentence == look else ())


def _page_url(name: str, otherwise: str) -> str:
    """A page of the practitioner site; ``otherwise`` where a project has none."""
    try:
        return conf.base_url + reverse(f"plumbline:{name}")
    except NoReverseMatch:
        return otherwise
