"""The answers of a report as its client reads them: what each is called, and how it was before a correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.models import Area, Correction, PainReport


@dataclass(frozen=True)
class CorrectionText:
    """One answer that was put right, in words."""

    day: dt.datetime  # in the client's zone
    about: str
    old: str
    new: str
    why: str


def describe_corrections(report: PainReport, signs: Mapping[str, str], here: dt.tzinfo) -> list[CorrectionText]:
    """All of one report, oldest first.

    Args:
        report: with its corrections.
        signs: the warning signs of its exercise in words, by code.
        here: the client's zone.
    """
    return [
        CorrectionText(
            row.at.astimezone(here), answer_label(row.field), _format_value(row, row.old, signs, here),
            _format_value(row, row.new, signs, here), row.reason,
        )
        for row in report.corrections.all()
    ]  # fmt: skip


def area_labels(report: PainReport) -> str:
    """Where it hurt: "low back, thigh"; empty when nobody said."""
    return ", ".join(str(Area(row.area).label) if row.area in Area.values else row.area for row in report.areas.all())


def sign_labels(report: PainReport, known: Mapping[str, str]) -> list[str]:
    """The warning signs that were told, in the exercise's own words."""
    return [known.get(sign.code, sign.code) for sign in report.warning_signs.all()]


def answer_label(field: str) -> str:
    """What a client calls one of the answers."""
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


def _format_value(row: Correction, kept: str, signs: Mapping[str, str], here: dt.tzinfo) -> str:
    """A kept answer as one reads it; truths are kept in Python's words, lists with commas, times as ISO 8601."""
    if not kept:
        return "–"
    match row.field:
        case "note":
            return _("“%(name)s”") % {"name": kept}
        case "areas":
            labels = dict(Area.choices)
            return ", ".join(str(labels.get(code, code)) for code in kept.split(", "))
        case "warning_signs":
            return " ".join(_("“%(name)s”") % {"name": signs.get(code, code)} for code in kept.split(", "))
        case "occurred_at":
            at = dt.datetime.fromisoformat(kept).astimezone(here)
            return f"{date_format(at, _('j F Y'))}, {at:%H:%M}"
    return {"True": _("yes"), "False": _("no")}.get(kept, kept)
