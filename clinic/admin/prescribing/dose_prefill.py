"""Doses to begin with: the clinic's templates, this client's last one, the practitioner's last one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.admin import labels as admin_labels
from clinic.models import Client, DoseTemplate, Practitioner, PrescriptionVersion
from exercises.models import Exercise

TEMPLATE, CLIENT, MINE = "template", "client", "mine"


@dataclass(frozen=True)
class DoseSource:
    """One dose that fills the fields with one press."""

    key: str  # what the button sends: "template-3", "client", "mine"
    name: str
    days: Sequence[str]
    times: Sequence[str]
    sets: int
    hold_seconds: int
    variation: str
    lasts: int | None  # days, the last one included; None: without an end

    @property
    def in_short(self) -> str:
        """ "Every day at 18:00, 1 × 30 s"."""
        told = {
            "days": admin_labels.format_days(self.days),
            "times": ", ".join(self.times),
            "sets": self.sets,
            "seconds": self.hold_seconds,
        }
        said = _("%(days)s at %(times)s, %(sets)s × %(seconds)s s") % told
        if self.lasts is None:
            return said
        weeks = max(1, round(self.lasts / 7))
        return ngettext("%(dose)s, %(weeks)s week", "%(dose)s, %(weeks)s weeks", weeks) % {"dose": said, "weeks": weeks}

    def fields(self, starts_on: dt.date | None) -> dict[str, Any]:
        """The values of the form's fields; without a first day those of the two dates are left as they are."""
        amount = {name: getattr(self, name) for name in ("sets", "hold_seconds", "variation")}
        given = {"days": list(self.days), "times": list(self.times), **amount, "mornings_allowed": False}
        if starts_on is not None:
            given["ends_on"] = starts_on + dt.timedelta(days=self.lasts - 1) if self.lasts else None
        return given

    @property
    def for_the_script(self) -> str:
        """The same as JSON; the script reckons the last day from the first one typed."""
        return json.dumps({**self.fields(None), "lasts": self.lasts})


def list_sources(
    exercise: Exercise, by: Practitioner, client: Client | None = None, *, templates_only: bool = False
) -> list[DoseSource]:
    """What may be chosen, in the order of the page: this client's own last dose, the templates, one's own last dose.

    Three queries at most. A variation that the exercise has no more is left out.

    Args:
        client: None when it is for several.
        templates_only: where a dose is changed, the last one is in the fields already.
    """
    known = {variation.code for variation in exercise.variations_in(None)}
    kept = [_build_source(f"{TEMPLATE}-{row.pk}", row.name, row, row.weeks and row.weeks * 7, known)
            for row in DoseTemplate.objects.offered(by.clinic, exercise.slug)]  # fmt: skip
    if templates_only:
        return kept
    versions = PrescriptionVersion.objects.filter(prescription__exercise__slug=exercise.slug).order_by(
        "-made_at", "-pk"
    )
    last = versions.filter(prescription__client=client).first() if client is not None else None
    mine = versions.filter(by=by).first()
    found = []
    if last is not None:
        found.append(_build_source(CLIENT, _("As last time"), last, _length_in_days(last), known))
    found += kept
    if mine is not None and (last is None or _comparable(mine) != _comparable(last)):
        found.append(_build_source(MINE, _("As you prescribed last"), mine, _length_in_days(mine), known))
    return found


def find_source(found: Sequence[DoseSource], key: str) -> DoseSource | None:
    """The one of this key; None: there is none."""
    return next((source for source in found if source.key == key), None)


def key_in_query(query: Mapping[str, str]) -> str:
    """The key that an address asks for: ``?template=3``."""
    number = query.get("template", "")
    return f"{TEMPLATE}-{number}" if number else ""


def _build_source(
    key: str, name: str, row: DoseTemplate | PrescriptionVersion, lasts: int | None, known: set[str]
) -> DoseSource:
    variation = row.variation if row.variation in known else ""
    return DoseSource(key, name, row.day_names, row.times.split(","), row.sets, row.hold_seconds, variation, lasts)


def _length_in_days(version: PrescriptionVersion) -> int | None:
    return (version.ends_on - version.starts_on).days + 1 if version.ends_on else None


def _comparable(version: PrescriptionVersion) -> tuple[object, ...]:
    return version.days, version.times, version.sets, version.hold_seconds, version.variation, _length_in_days(version)
