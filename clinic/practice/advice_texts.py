"""A clinic's own words for what a client is told: checked, versioned, and taken back to the product's."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Advice, AdviceText, Clinic, Practitioner
from clinic.models.advice_text import LONGEST_TEXT
from clinic.pain.advice import GOING_ON, PLACEHOLDER

MAY_STAND = {
    advice: ("before", "after", "phone", "first_name") if advice in GOING_ON else ("phone", "first_name")
    for advice in Advice
}
MUST_STAND = {Advice.STOP: ("phone",), Advice.CALL_NOW: ("phone",)}


def word(
    clinic: Clinic, advice: str, language: str, text: str, *, by: Practitioner, now: dt.datetime | None = None
) -> AdviceText:
    """Make a new version of the words for one advice in one language; it is shown from the next report on.

    Args:
        advice: a value of Advice.
        language: a code out of settings.LANGUAGES.
        text: at most LONGEST_TEXT characters, with the placeholders of MAY_STAND; empty: back to the product's words.
        by: an owner of this clinic.

    Raises:
        ValidationError: by field; nothing is stored then.
    """
    said = " ".join(text.split())
    check(clinic, advice, language, said, by)
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        versions = AdviceText.objects.filter(clinic=clinic, advice=advice, language=language)
        newest = versions.order_by("-number").first()
        if (newest.text if newest else "") == said:
            raise ValidationError({"text": _("These are the words already. Change them, or leave them.")})
        made = AdviceText.objects.create(
            clinic=clinic, advice=advice, language=language, text=said, by=by, at=now or timezone.now(),
            number=newest.number + 1 if newest else 1,
        )  # fmt: skip
        audit.record(by.user, "words-changed" if said else "words-reset", made, clinic)
    return made


def check(clinic: Clinic, advice: str, language: str, text: str, by: Practitioner) -> None:
    """Raise ValidationError with every wrong field and its remedy."""
    if not by.owns(clinic.pk):
        raise ValidationError(_("Only the owner of a clinic decides this."))
    if advice not in Advice.values:
        raise ValidationError({"advice": _("Choose one of: %(known)s.") % {"known": ", ".join(Advice.values)}})
    if language not in dict(settings.LANGUAGES):
        spoken = {"known": ", ".join(dict(settings.LANGUAGES))}
        raise ValidationError({"language": _("Choose one of: %(known)s.") % spoken})
    wrong, stand = [], set(PLACEHOLDER.findall(text))
    may = MAY_STAND[Advice(advice)]
    if len(text) > LONGEST_TEXT:
        wrong.append(_("At most %(most)s characters.") % {"most": LONGEST_TEXT})
    if unknown := sorted(stand - set(may)):
        named = {"unknown": _in_braces(unknown), "known": _in_braces(may)}
        wrong.append(_("Here nothing can stand for %(unknown)s. Use %(known)s.") % named)
    elif "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
        wrong.append(_("A curly bracket stands alone. Write %(known)s with both.") % {"known": _in_braces(may)})
    if text and (missing := [name for name in MUST_STAND.get(Advice(advice), ()) if name not in stand]):
        wrong.append(_("%(missing)s must stand in it: who reads this has to know whom to call.") % {
            "missing": _in_braces(missing)
        })  # fmt: skip
    if wrong:
        raise ValidationError({"text": wrong})


def _in_braces(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
