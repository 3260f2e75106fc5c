"""A clinic's own text for an advice: every version stays, the newest is in force."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic, Practitioner
from clinic.models.fields import LanguageField

LONGEST_TEXT = 600  # characters: it is read at home, in pain


class Advice(models.TextChoices):
    """What a report means, shown to the client at once."""

    GO_ON = "go_on", _("better: carry on")
    CARRY_ON = "carry_on", _("the same: carry on gently")
    STOP_TODAY = "stop_today", _("worse: stop for today")
    STOP = "stop", _("stop: the exercise is held")
    CALL_NOW = "call_now", _("a warning sign: stop and call")
    THANKS = "thanks", _("noted")


class AdviceTextQuerySet(models.QuerySet["AdviceText"]):
    def in_force(self, clinic: int, advice: str, language: str) -> AdviceText | None:
        """The newest version; None: the product's own text."""
        newest = self.filter(clinic=clinic, advice=advice, language=language).order_by("-number").first()
        return newest if newest is not None and newest.text else None


class AdviceText(models.Model):
    """One version, never changed. An empty text returns to the product's own text."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="advice_texts")
    advice = models.CharField(_("advice"), max_length=12, choices=Advice)
    language = LanguageField(_("language"))
    number = models.PositiveIntegerField(_("version"))
    text = models.CharField(_("words"), max_length=LONGEST_TEXT, blank=True)
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = AdviceTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("words of an advice")
        verbose_name_plural = _("words of advices")
        ordering = ["clinic", "advice", "language", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "advice", "language", "number"], name="one_text_per_advice_language_and_number"
            ),
            models.CheckConstraint(condition=Q(advice__in=Advice.values), name="advice_of_a_text_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.advice} {self.language} {self.number}"
