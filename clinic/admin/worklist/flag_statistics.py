"""The page of flag statistics: hours until review, and the share of false alarms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin import access
from clinic.admin.labels import format_duration
from clinic.admin.rendering import AdminPage, render_page
from clinic.models import Flag
from clinic.worklist.flag_statistics import FlagStatistics, compute_statistics

DAYS = 90


@dataclass(frozen=True)
class KindStatistics:
    """The statistics of one kind of flag, or of all, with formatted values."""

    kind: str
    counts: FlagStatistics
    median: str
    worst: str
    false: str  # "1 of 4", and the share

    @classmethod
    def from_counts(cls, kind: str, counts: FlagStatistics) -> KindStatistics:
        median, worst = format_duration(counts.median_hours), format_duration(counts.worst_hours)
        return cls(kind, counts, median, worst, _false_share(counts))


@require_safe
def show_statistics(request: HttpRequest) -> AdminPage:
    """The last DAYS of the clients whom this person treats; for an owner, of the whole clinic."""
    memberships = access.clinical_memberships(request)
    if not memberships:
        raise Http404
    counts = compute_statistics(request.user, timezone.now() - dt.timedelta(days=DAYS))
    return render_page(
        request,
        "worklist/flag_statistics.html",
        _("How flags went"),
        days=DAYS,
        all=KindStatistics.from_counts(_("All"), counts),
        kinds=[KindStatistics.from_counts(str(Flag.Kind(kind).label), row) for kind, row in counts.by_kind.items()],
        whole_clinic=access.is_owner(request),
        clinics={membership.clinic for membership in memberships},
    )


def _false_share(counts: FlagStatistics) -> str:
    if counts.false_share is None:
        return "–"
    share = number_format(round(100 * counts.false_share))
    return _("%(false)s of %(judged)s (%(share)s %%)") % {
        "false": counts.false,
        "judged": counts.with_verdict,
        "share": share,
    }


ROUTES = [("flag-statistics/", show_statistics, "flag_statistics")]
