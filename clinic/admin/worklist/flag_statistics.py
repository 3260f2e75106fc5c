"""How flags went: how soon somebody looked, and how many were false alarms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin import access
from clinic.admin import labels as admin_labels
from clinic.admin.rendering import AdminPage, render_page
from clinic.models import Flag
from clinic.worklist.flag_statistics import FlagStatistics, compute_statistics

DAYS = 90


@dataclass(frozen=True)
class Line:
    """One kind of flag, or all of them, in words."""

    kind: str
    seen: FlagStatistics
    median: str
    worst: str
    false: str  # "1 of 4", and the share

    @classmethod
    def of(cls, kind: str, seen: FlagStatistics) -> Line:
        return cls(
            kind,
            seen,
            admin_labels.format_duration(seen.median_hours),
            admin_labels.format_duration(seen.worst_hours),
            _false(seen),
        )


@require_safe
def show(request: HttpRequest) -> AdminPage:
    """The last 90 days of the clients whom this person treats; an owner's, of the whole clinic."""
    here = access.clinical(request)
    if not here:
        raise Http404
    seen = compute_statistics(request.user, timezone.now() - dt.timedelta(days=DAYS))
    return render_page(
        request,
        "worklist/flag_statistics.html",
        _("How flags went"),
        days=DAYS,
        all=Line.of(_("All"), seen),
        lines=[Line.of(str(Flag.Kind(kind).label), kept) for kind, kept in seen.by_kind.items()],
        whole_clinic=access.owns(request),
        clinics={membership.clinic for membership in here},
    )


def _false(seen: FlagStatistics) -> str:
    if seen.false_share is None:
        return "–"
    share = number_format(round(100 * seen.false_share))
    return _("%(false)s of %(judged)s (%(share)s %%)") % {"false": seen.false, "with_verdict": seen.with_verdict, "share": share}


ROUTES = [
    ("outcomes/", show, "outcomes"),
]
