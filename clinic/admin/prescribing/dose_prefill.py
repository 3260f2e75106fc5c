"""Doses that fill the form: this client's last one, the clinic's templates, the practitioner's last one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, ngettext

from clinic.admin.labels import format_days
from clinic.models import Client, DoseTemplate, Practitioner, PrescriptionVersion
from clinic.models.dosage import DOSAGE_FIELDS, AbstractDosage
from exercises.models import Exercise

TEMPLATE, CLIENT, PRACTITIONER = "template", "client", "mine"


@dataclass(frozen=True)
class DoseSource:
    """One dose that fills the fields with one press of a button."""

    key: str  # what the button sends: "template-3", "client", "mine"
    name: str
    values: Mapping[str, Any]  # of the dose fields
    lasts: int | None  # days, the last one included; None: without an end

    @property
    def summary(self) -> str:
        """ "Every day at 18:00, 1 × 30 s"."""
        dose = _("%(days)s at %(times)s, %(sets)s × %(seconds)s s") % {
            "days": format_days(self.values["days"]),
            "times": ", ".join(self.values["times"]),
            "sets": self.values["sets"],
            "seconds": self.values["hold_seconds"],
        }
        if self.lasts is None:
            return dose
        weeks = max(1, round(self.lasts / 7))
        return ngettext("%(dose)s, %(weeks)s week", "%(dose)s, %(weeks)s weeks", weeks) % {"dose": dose, "weeks": weeks}

    def fields(self, starts_on: dt.date | None) -> dict[str, Any]:
        """The values of the form's fields; without a first day the two dates stay as they are."""
        values = {**self.values, "mornings_allowed": False}
        if starts_on is not None:
            values["ends_on"] = starts_on + dt.timedelta(days=self.lasts - 1) if self.lasts else None
        return values

    @property
    def json(self) -> str:
        """The values for the script, which computes the last day from the first one typed."""
        return json.dumps({**self.fields(None), "lasts": self.lasts})


def list_sources(
    exercise: Exercise, by: Practitioner, client: Client | None = None, *, templates_only: bool = False
) -> list[DoseSource]:
    """The doses to choose from, in the order of the page; three queries at most.

    A variation that the exercise no longer has is left out.

    Args:
        client: None when it is for several.
        templates_only: where a dose is changed, the last one is in the fields already.
    """
    variations = {variation.code for variation in exercise.variations_in(None)}

    def source(key: str, name: str, row: AbstractDosage, lasts: int | None) -> DoseSource:
        variation = row.variation if row.variation in variations else ""
        return DoseSource(key, name, {**row.dosage_values(), "variation": variation}, lasts)

    templates = [
        source(f"{TEMPLATE}-{row.pk}", row.name, row, row.weeks and row.weeks * 7)
        for row in DoseTemplate.objects.offered(by.clinic, exercise.slug)
    ]
    if templates_only:
        return templates
    versions = PrescriptionVersion.objects.filter(prescription__exercise__slug=exercise.slug).order_by(
        "-created_at", "-pk"
    )
    clients = versions.filter(prescription__client=client).first() if client is not None else None
    own = versions.filter(by=by).first()
    sources = [source(CLIENT, _("As last time"), clients, _length_in_days(clients))] if clients else []
    sources += templates
    if own and (clients is None or _comparable(own) != _comparable(clients)):
        sources.append(source(PRACTITIONER, _("As you prescribed last"), own, _length_in_days(own)))
    return sources


def find_source(sources: Sequence[DoseSource], key: str) -> DoseSource | None:
    """The source with this key; None: there is none."""
    return next((source for source in sources if source.key == key), None)


def key_in_query(query: Mapping[str, str]) -> str:
    """The key of the template that the address names, as ``?template=3``; empty without one."""
    number = query.get("template", "")
    return f"{TEMPLATE}-{number}" if number else ""


def _length_in_days(version: PrescriptionVersion) -> int | None:
    return (version.ends_on - version.starts_on).days + 1 if version.ends_on else None


def _comparable(version: PrescriptionVersion) -> tuple[object, ...]:
    return (*(getattr(version, name) for name in DOSAGE_FIELDS), _length_in_days(version))
