"""The daily mail: reasons to skip it, checked just before it is sent, and its text."""

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
from clinic.mail.compose import CachedEmail, build_email
from clinic.mail.signed_links import Purpose
from clinic.models import Absence, Digest, Flag, Practitioner, SkipReason
from clinic.models.outbox import State
from clinic.team.digest import counts as digest_counts
from clinic.team.digest.counts import DigestCounts

_COUNTS = "_counts"


def guard(digests: list[Digest], now: dt.datetime) -> Mapping[int, SkipReason]:
    """The reasons to skip some of these rows, by primary key. The counts made here are those in the mail."""
    people = {row.practitioner_id for row in digests}
    away = set(Absence.objects.at(now).filter(practitioner__in=people).values_list("practitioner", flat=True))
    reasons = {row.pk: _reason(row, now, away=row.practitioner_id in away) for row in digests}
    return {pk: reason for pk, reason in reasons.items() if reason is not None}


def _reason(row: Digest, now: dt.datetime, *, away: bool) -> SkipReason | None:
    practitioner = row.practitioner
    conditions = {
        SkipReason.INACTIVE: not (practitioner.active and practitioner.user.is_active and practitioner.is_clinical),
        SkipReason.UNSUBSCRIBED: not practitioner.digest_wanted,
        SkipReason.UNDELIVERABLE: practitioner.undeliverable_since is not None,
        SkipReason.ABSENT: away,
    }
    reason = next((reason for reason, holds in conditions.items() if holds), None)
    if reason is None:
        counts = digest_counts.count_for(practitioner, last_sent(row), now)
        setattr(row, _COUNTS, counts)
        reason = None if counts else SkipReason.NOTHING
    return reason


def last_sent(row: Digest) -> dt.datetime | None:
    """When the previous daily mail was sent."""
    before = Digest.objects.filter(practitioner=row.practitioner_id, state=State.SENT, day__lt=row.day)
    at: dt.datetime | None = before.aggregate(at=Max("sent_at"))["at"]
    return at


def compose(row: Digest) -> EmailMultiAlternatives:
    """Compose the mail of one day, with the counts of its guard."""
    counts: DigestCounts | None = getattr(row, _COUNTS, None)
    if counts is None:
        counts = digest_counts.count_for(row.practitioner, last_sent(row), timezone.now())
    return build_digest_email(
        row.practitioner, counts, row.message_id, signed_links.build_url(Purpose.STOP_DIGEST, row.practitioner_id)
    )


def preview_digest(practitioner: Practitioner) -> CachedEmail | None:
    """The mail as of now, with an inactive link; None: there is nothing in it."""
    sent = Digest.objects.filter(practitioner=practitioner, state=State.SENT).aggregate(last=Max("sent_at"))
    counts = digest_counts.count_for(practitioner, sent["last"], timezone.now())
    if not counts:
        return None
    message_id = f"preview@{conf.mail_domain}"
    return build_digest_email(practitioner, counts, message_id, signed_links.build_preview_url())


def build_digest_email(practitioner: Practitioner, counts: DigestCounts, message_id: str, stop_url: str) -> CachedEmail:
    """Build the mail with these counts."""
    worklist = conf.base_url + conf.worklist_path
    with override(practitioner.mail_language):
        lines = list(_lines(practitioner, counts, worklist))
    return build_email(
        "digest",
        to=(practitioner.name, practitioner.email),
        clinic=practitioner.clinic,
        language=practitioner.mail_language,
        message_id=message_id,
        context={
            "practitioner": practitioner,
            "flagged_clients": counts.flagged_clients,
            "lines": lines,
            "worklist_url": worklist,
            "settings_url": _page_url("my_settings", worklist),
            "stop_url": stop_url,
        },
        headers={
            "List-Id": f"<daily.{practitioner.clinic.slug}.{conf.mail_domain}>",
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


class Line(NamedTuple):
    """A sentence of the mail with the page it links to; ``breakdown``: labels of partial counts with their pages."""

    text: str
    url: str
    breakdown: Sequence[tuple[str, str]] = ()


def _lines(practitioner: Practitioner, counts: DigestCounts, worklist: str) -> Iterator[Line]:
    """One sentence for each count that is not zero; a link to the worklist shows the counted clients."""
    sees_colleagues = practitioner.role == Practitioner.Role.OWNER or practitioner.clinic.shares_records
    at_several = len(Practitioner.objects.for_user(practitioner.user)) > 1
    filters = f"{f'clinic={practitioner.clinic_id}&' if at_several else ''}{'who=mine&' if sees_colleagues else ''}"
    waiting = f"{worklist}?{filters}open="
    by_severity = zip(Flag.Severity, (counts.urgent, counts.high, counts.routine), strict=True)
    flagged = ngettext(
        "%(count)s client needs you to look.", "%(count)s clients need you to look.", counts.flagged_clients
    )
    silent = ngettext(
        "%(count)s of them has not been heard of for a while.",
        "%(count)s of them have not been heard of for a while.",
        counts.silent,
    )
    escalated = ngettext(
        "%(count)s client of the clinic waits, and nobody has looked yet.",
        "%(count)s clients of the clinic wait, and nobody has looked yet.",
        counts.escalated,
    )
    reports = ngettext("%(count)s new report.", "%(count)s new reports.", counts.reports)
    registrants = ngettext(
        "%(count)s person who registered waits for your answer.",
        "%(count)s people who registered wait for your answer.",
        counts.registrants,
    )
    invitations = ngettext(
        "%(count)s invitation has not been taken up.",
        "%(count)s invitations have not been taken up.",
        counts.invitations,
    )
    breakdown = [
        (f"{capfirst(severity.label)}: {count}", f"{waiting}{severity}") for severity, count in by_severity if count
    ]
    for count, sentence, url in (
        (counts.flagged_clients, flagged, f"{waiting}any"),
        (counts.silent, silent, f"{waiting}any&kind=silent"),
        (counts.escalated, escalated, worklist),
        (counts.reports, reports, worklist),
        (counts.registrants, registrants, _page_url("registrants", worklist)),
        (counts.invitations, invitations, _page_url("clients", worklist)),
    ):
        if count:
            yield Line(sentence % {"count": count}, url, breakdown if sentence == flagged else ())


def _page_url(name: str, otherwise: str) -> str:
    """A page of the practitioner site; ``otherwise`` where a project has none."""
    try:
        return conf.base_url + reverse(f"plumbline:{name}")
    except NoReverseMatch:
        return otherwise
