"""The answers of a report as text: the label of each, and its values before and after a correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.models import Area, Correction, PainReport


@dataclass(frozen=True)
class CorrectionText:
    """One corrected answer as text."""

    day: dt.datetime  # in the client's zone
    label: str
    old: str
    new: str
    reason: str


def describe_corrections(report: PainReport, signs: Mapping[str, str], time_zone: dt.tzinfo) -> list[CorrectionText]:
    """The corrections of one report, oldest first.

    Args:
        signs: the labels of the exercise's warning signs, by code.
        time_zone: the client's.
    """
    return [
        CorrectionText(
            row.at.astimezone(time_zone), answer_label(row.field), _format_value(row, row.old, signs, time_zone),
            _format_value(row, row.new, signs, time_zone), row.reason,
        )
        for row in report.corrections.all()
    ]  # fmt: skip


def area_labels(report: PainReport) -> str:
    """Where it hurt: "low back, thigh"; empty when not answered."""
    return ", ".join(str(Area(row.area).label) if row.area in Area.values else row.area for row in report.areas.all())


def sign_labels(report: PainReport, labels: Mapping[str, str]) -> list[str]:
    """The warning signs that were reported; ``labels``: those of the exercise, by code."""
    return [labels.get(sign.code, sign.code) for sign in report.warning_signs.all()]


def answer_label(field: str) -> str:
    """The label of one of the answers."""
    return {
        "before": _("Pain before"),
        "after": _("Pain after"),
        "next_morning": _("Pain the next morning"),
        "did_exercise": _("Did the exercise"),
        "moved_down_leg": _("Moved further down the leg"),
        "note": _("Note"),
        "areas": _("Where it hurts"),
        "warning_signs": _("Warning signs"),
        "occurred_at": _("When"),
    }.get(field, field)


def _format_value(row: Correction, stored: str, signs: Mapping[str, str], time_zone: dt.tzinfo) -> str:
    """A stored answer as text; stored are "True" and "False", lists with commas, times as ISO 8601."""
    if not stored:
        return "–"
    match row.field:
        case "note":
            return _("“%(name)s”") % {"name": stored}
        case "areas":
            labels = dict(Area.choices)
            return ", ".join(str(labels.get(code, code)) for code in stored.split(", "))
        case "warning_signs":
            return " ".join(_("“%(name)s”") % {"name": signs.get(code, code)} for code in stored.split(", "))
        case "occurred_at":
            at = dt.datetime.fromisoformat(stored).astimezone(time_zone)
            return f"{date_format(at, _('j F Y'))}, {at:%H:%M}"
    return {"True": _("yes"), "False": _("no")}.get(stored, stored)
