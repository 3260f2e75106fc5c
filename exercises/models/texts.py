"""The content of an exercise in each of its languages: rows marked with the language."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExerciseText(models.Model):
    """Name, summary, purpose and gauge of an exercise in one language."""

    exercise = models.ForeignKey("exercises.Exercise", on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    summary = models.CharField(_("summary"), max_length=200, help_text=_("One line: what it is good for."))
    purpose = models.TextField(_("purpose"))
    gauge = models.TextField(_("gauge"), help_text=_("How the client tells whether it is right for them."))

    class Meta:
        ordering = ["language"]
        verbose_name = _("exercise text")
        verbose_name_plural = _("exercise texts")
        constraints = [models.UniqueConstraint(fields=["exercise", "language"], name="exercise_text_one_a_language")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class Step(models.Model):
    """One step: what to do, what to check, the common fault and its correction."""

    class Phase(models.TextChoices):
        """When in the exercise it is done; the next set begins again at the first GO_IN step."""

        READY = "ready", _("once, at the beginning")
        GO_IN = "go_in", _("at the start of each round")
        HOLD = "hold", _("held while the clock runs")
        REMIND = "remind", _("said again while it is held")
        COME_OUT = "come_out", _("at the end of each round")

    exercise = models.ForeignKey("exercises.Exercise", on_delete=models.CASCADE, related_name="steps")
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=80)
    instruction = models.TextField(_("instruction"))
    cue = models.TextField(_("what to check"))
    fault = models.TextField(_("common fault"))
    correction = models.TextField(_("correction"))
    phase = models.CharField(_("when"), max_length=8, choices=Phase, default=Phase.READY)
    shows = models.TextField(_("what the picture shows"), blank=True, help_text=_("For those who cannot see it."))
    fault_shows = models.TextField(_("what the picture of the fault shows"), blank=True)

    class Meta:
        ordering = ["language", "number"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language", "number"], name="step_one_a_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="step_number_from_one"),
            models.CheckConstraint(
                condition=models.Q(phase__in=["ready", "go_in", "hold", "remind", "come_out"]), name="step_phase_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Precaution(models.Model):
    """A reason not to do the exercise, or to do it with care; asked when it is prescribed."""

    class Group(models.TextChoices):
        STOP = "stop", _("Stop and refer")
        CARE = "care", _("Take care")

    exercise = models.ForeignKey("exercises.Exercise", on_delete=models.CASCADE, related_name="precautions")
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(_("code"), max_length=40)
    group = models.CharField(_("group"), max_length=4, choices=Group)
    question = models.TextField(_("question"), help_text=_("Yes or no, asked when the exercise is prescribed."))
    reported = models.BooleanField(_("asked in each report"), default=False)
    sign = models.TextField(_("warning sign"), blank=True, help_text=_("The words the client reads in a report."))

    class Meta:
        ordering = ["language", "number"]
        verbose_name = _("precaution")
        verbose_name_plural = _("precautions")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language", "code"], name="precaution_one_a_code"),
            models.UniqueConstraint(fields=["exercise", "language", "number"], name="precaution_one_a_number"),
            models.CheckConstraint(condition=models.Q(group__in=["stop", "care"]), name="precaution_group_known"),
            models.CheckConstraint(
                condition=models.Q(reported=False) | ~models.Q(sign=""), name="precaution_reported_has_sign"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Equipment(models.Model):
    """One thing that the client needs at home."""

    exercise = models.ForeignKey("exercises.Exercise", on_delete=models.CASCADE, related_name="equipment")
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=80)
    detail = models.TextField(_("detail"))

    class Meta:
        ordering = ["language", "number"]
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language", "number"], name="equipment_one_a_number")
        ]

    def __str__(self) -> str:
        return self.name


class Variation(models.Model):
    """An easier variation, which a prescription may choose by its code."""

    exercise = models.ForeignKey("exercises.Exercise", on_delete=models.CASCADE, related_name="variations")
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    how = models.TextField(_("how"))
    shows = models.TextField(_("what the picture shows"), blank=True)

    class Meta:
        ordering = ["language", "number"]
        verbose_name = _("variation")
        verbose_name_plural = _("variations")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language", "code"], name="variation_one_a_code"),
            models.UniqueConstraint(fields=["exercise", "language", "number"], name="variation_one_a_number"),
        ]

    def __str__(self) -> str:
        return self.name
