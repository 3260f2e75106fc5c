"""A clinic's own advice texts: validated, versioned, and reset to the product's."""

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
from clinic.practice.settings import require_owner

ALLOWED_PLACEHOLDERS = {
    advice: ("before", "after", "phone", "first_name") if advice in GOING_ON else ("phone", "first_name")
    for advice in Advice
}
REQUIRED_PLACEHOLDERS = {Advice.STOP: ("phone",), Advice.CALL_NOW: ("phone",)}


def set_advice_text(
    clinic: Clinic, advice: str, language: str, text: str, *, by: Practitioner, now: dt.datetime | None = None
) -> AdviceText:
    """Store a new version of one advice text in one language; clients read it from the next report on.

    Args:
        advice: a value of Advice.
        language: a code out of settings.LANGUAGES.
        text: at most LONGEST_TEXT characters, with ALLOWED_PLACEHOLDERS; empty: the product's text again.
        by: an owner of this clinic.

    Raises:
        ValidationError: by field; nothing is stored then.
    """
    text = " ".join(text.split())
    validate_advice_text(clinic, advice, language, text, by)
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        versions = AdviceText.objects.filter(clinic=clinic, advice=advice, language=language)
        newest = versions.order_by("-number").first()
        if (newest.text if newest else "") == text:
            raise ValidationError({"text": _("These are the words already. Change them, or leave them.")})
        version = AdviceText.objects.create(
            clinic=clinic, advice=advice, language=language, text=text, by=by, at=now or timezone.now(),
            number=newest.number + 1 if newest else 1,
        )  # fmt: skip
        audit.record(by.user, audit.Verb.ADVICE_TEXT_CHANGED if text else audit.Verb.ADVICE_TEXT_RESET, version, clinic)
    return version


def validate_advice_text(clinic: Clinic, advice: str, language: str, text: str, by: Practitioner) -> None:
    """Raise ValidationError with every invalid field and its remedy; arguments as in :func:`set_advice_text`."""
    require_owner(clinic, by)
    if advice not in Advice.values:
        raise ValidationError({"advice": _("Choose one of: %(known)s.") % {"known": ", ".join(Advice.values)}})
    if language not in dict(settings.LANGUAGES):
        languages = ", ".join(dict(settings.LANGUAGES))
        raise ValidationError({"language": _("Choose one of: %(known)s.") % {"known": languages}})
    errors, used = [], set(PLACEHOLDER.findall(text))
    allowed = ALLOWED_PLACEHOLDERS[Advice(advice)]
    if len(text) > LONGEST_TEXT:
        errors.append(_("At most %(most)s characters.") % {"most": LONGEST_TEXT})
    if unknown := sorted(used - set(allowed)):
        named = {"unknown": _in_braces(unknown), "known": _in_braces(allowed)}
        errors.append(_("Here nothing can stand for %(unknown)s. Use %(known)s.") % named)
    elif "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
        errors.append(_("A curly bracket stands alone. Write %(known)s with both.") % {"known": _in_braces(allowed)})
    if text and (missing := [name for name in REQUIRED_PLACEHOLDERS.get(Advice(advice), ()) if name not in used]):
        errors.append(_("%(missing)s must stand in it: who reads this has to know whom to call.") % {
            "missing": _in_braces(missing)
        })  # fmt: skip
    if errors:
        raise ValidationError({"text": errors})


def _in_braces(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
