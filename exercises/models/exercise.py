"""One version of an exercise.

A prescription refers to one version; a new version is a new row, so that what was prescribed can still be read as
it was.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.translation import get_language, gettext_lazy as _

from exercises.figure import Pose

from .texts import Equipment, ExerciseText, Precaution, Step, Variation

FALLBACK_LANGUAGE = "en"


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    """Exercises by publication, and their content prefetched."""

    def published(self) -> ExerciseQuerySet:
        """Every published version, the older ones too."""
        return self.filter(published_at__isnull=False)

    def current(self) -> ExerciseQuerySet:
        """The newest published version of each slug: what may be prescribed and shown today."""
        newer = Exercise.objects.published().filter(
            slug=models.OuterRef("slug"), version__gt=models.OuterRef("version")
        )
        return self.published().filter(~models.Exists(newer))

    def featured(self) -> ExerciseQuerySet:
        """The current exercises which the clinic puts on its front page."""
        return self.current().filter(featured=True)

    def with_texts(self) -> ExerciseQuerySet:
        """Prefetch the texts: `name` and `text_in()` of each row then need no further query."""
        return self.prefetch_related("texts")

    def with_content(self) -> ExerciseQuerySet:
        """Prefetch all content of an exercise, in one query a table."""
        return self.prefetch_related("texts", "steps", "precautions", "equipment", "variations", "drawings", "media")


class Exercise(models.Model):
    """One version of an exercise."""

    class Origin(models.TextChoices):
        LIBRARY = "library", _("Shipped library")
        CLINIC = "clinic", _("The clinic's own")

    slug = models.SlugField(_("short name"), max_length=60)
    version = models.PositiveIntegerField(_("version"))
    featured = models.BooleanField(_("featured"), default=False)
    rest_seconds = models.PositiveSmallIntegerField(
        _("rest between two rounds, seconds"), default=30, validators=[MinValueValidator(5), MaxValueValidator(600)]
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, help_text=_("Empty: a draft."))
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.CLINIC)
    digest = models.CharField(
        _("digest"), max_length=64, blank=True, editable=False, help_text=_("SHA-256 of its files.")
    )

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "-version"]
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="exercise_one_row_a_version"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="exercise_version_from_one"),
            models.CheckConstraint(
                condition=models.Q(rest_seconds__range=(5, 600)), name="exercise_rest_is_5_to_600_seconds"
            ),
            models.CheckConstraint(condition=models.Q(origin__in=["library", "clinic"]), name="exercise_origin_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page; the slug while no text is stored."""
        if self.pk is None:
            return self.slug
        try:
            return self.text_in(get_language()).name
        except ExerciseText.DoesNotExist:
            return self.slug

    def text_in(self, language: str | None) -> ExerciseText:
        """Return the text in a language or, where there is none, in the nearest one.

        Args:
            language: a language tag such as "es" or "es-mx"; None when no language is active.

        Returns:
            The text in that very language, else in its base language ("es" for "es-mx"), else in English,
            else in the first language by name.

        Raises:
            ExerciseText.DoesNotExist: the exercise has no text.
        """
        prefetch_related_objects([self], "texts")
        by_language = {text.language.lower(): text for text in self.texts.all()}
        tag = (language or FALLBACK_LANGUAGE).lower()
        for candidate in (tag, tag.partition("-")[0], FALLBACK_LANGUAGE, *sorted(by_language)):
            if candidate in by_language:
                return by_language[candidate]
        raise ExerciseText.DoesNotExist(f"{self.slug} version {self.version} has no text in any language")

    # These take the language of the text found by `text_in`: a page never mixes two languages.

    def steps_in(self, language: str | None) -> list[Step]:
        """The steps in order, in the language of `text_in(language)`; raises the same errors."""
        prefetch_related_objects([self], "steps")
        found = self.text_in(language).language
        return [step for step in self.steps.all() if step.language == found]

    def precautions_in(self, language: str | None) -> list[Precaution]:
        """The precautions in order, in the language of `text_in(language)`; raises the same errors."""
        prefetch_related_objects([self], "precautions")
        found = self.text_in(language).language
        return [precaution for precaution in self.precautions.all() if precaution.language == found]

    def equipment_in(self, language: str | None) -> list[Equipment]:
        """The equipment, in the language of `text_in(language)`; raises the same errors."""
        prefetch_related_objects([self], "equipment")
        found = self.text_in(language).language
        return [row for row in self.equipment.all() if row.language == found]

    def variations_in(self, language: str | None) -> list[Variation]:
        """The easier variations, in the language of `text_in(language)`; raises the same errors."""
        prefetch_related_objects([self], "variations")
        found = self.text_in(language).language
        return [variation for variation in self.variations.all() if variation.language == found]

    def pose(self, key: str) -> Pose | None:
        """The pose of a drawing such as "step-7", "fault-7" or "way-chair"; None where nothing is drawn."""
        prefetch_related_objects([self], "drawings")
        return next((drawing.pose for drawing in self.drawings.all() if drawing.key == key), None)
