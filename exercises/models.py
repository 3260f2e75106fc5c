"""What an exercise is: versioned rows with the words of each language beside them.

Nothing here knows a client, a clinic or a mail. A prescription refers to one version of an exercise;
a new version is a new row, so that what was prescribed can still be read as it was.
"""

from __future__ import annotations

from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

FALLBACK_LANGUAGE = "en"


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    """The ways a list of exercises is narrowed."""

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

    def with_words(self) -> ExerciseQuerySet:
        """Fetch the words along: `name` and `words()` of each row then ask no further query."""
        return self.prefetch_related("texts")

    def whole(self) -> ExerciseQuerySet:
        """Fetch along all that a page about one exercise shows, in one query a table."""
        return self.prefetch_related("texts", "steps", "precautions", "equipment", "variations", "media")


class Exercise(models.Model):
    """One version of an exercise."""

    class Origin(models.TextChoices):
        LIBRARY = "library", _("Shipped library")
        CLINIC = "clinic", _("The clinic's own")

    slug = models.SlugField(_("short name"), max_length=60)
    version = models.PositiveIntegerField(_("version"))
    featured = models.BooleanField(_("featured"), default=False)
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        blank=True,
        help_text=_("Empty: a draft."),
    )
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
            models.CheckConstraint(condition=models.Q(origin__in=["library", "clinic"]), name="exercise_origin_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page; the slug while no words are stored."""
        if self.pk is None:
            return self.slug
        try:
            return self.words(get_language()).name
        except ExerciseText.DoesNotExist:
            return self.slug

    def words(self, language: str | None) -> ExerciseText:
        """The words in the language asked for or, failing that, in the nearest one there is.

        Args:
            language: a language tag such as "es" or "es-mx"; None when no language is active.

        Returns:
            The text in that very language, else in its base language ("es" for "es-mx"), else in English,
            else in the first language by name.

        Raises:
            ExerciseText.DoesNotExist: the exercise has no words at all.
        """
        prefetch_related_objects([self], "texts")
        by_language = {text.language.lower(): text for text in self.texts.all()}
        wanted = (language or FALLBACK_LANGUAGE).lower()
        for candidate in (wanted, wanted.partition("-")[0], FALLBACK_LANGUAGE, *sorted(by_language)):
            if candidate in by_language:
                return by_language[candidate]
        raise ExerciseText.DoesNotExist(f"{self.slug} version {self.version} has no words in any language")

    # The four below take the language that `words` settled on: a page never mixes two languages.

    def steps_in(self, language: str | None) -> list[Step]:
        """The steps in order, in the language that `words(language)` finds; raises as `words` does."""
        prefetch_related_objects([self], "steps")
        spoken = self.words(language).language
        return [step for step in self.steps.all() if step.language == spoken]

    def precautions_in(self, language: str | None) -> list[Precaution]:
        """The precautions in order, in the language that `words(language)` finds; raises as `words` does."""
        prefetch_related_objects([self], "precautions")
        spoken = self.words(language).language
        return [precaution for precaution in self.precautions.all() if precaution.language == spoken]

    def equipment_in(self, language: str | None) -> list[Equipment]:
        """What is needed, in the language that `words(language)` finds; raises as `words` does."""
        prefetch_related_objects([self], "equipment")
        spoken = self.words(language).language
        return [thing for thing in self.equipment.all() if thing.language == spoken]

    def variations_in(self, language: str | None) -> list[Variation]:
        """The easier ways, in the language that `words(language)` finds; raises as `words` does."""
        prefetch_related_objects([self], "variations")
        spoken = self.words(language).language
        return [variation for variation in self.variations.all() if variation.language == spoken]


class ExerciseText(models.Model):
    """An exercise's words in one language."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    summary = models.CharField(_("summary"), max_length=200, help_text=_("One line: what it is good for."))
    purpose = models.TextField(_("purpose"))
    gauge = models.TextField(_("gauge"), help_text=_("How the client tells whether it is right for them."))

    class Meta:
        ordering = ["language"]
        verbose_name = _("exercise text")
        verbose_name_plural = _("exercise texts")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language"], name="exercise_text_one_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class Step(models.Model):
    """One screen of the player: what to do, what to check, what goes wrong and what puts it right."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="steps")
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=80)
    instruction = models.TextField(_("instruction"))
    cue = models.TextField(_("what to check"))
    fault = models.TextField(_("common fault"))
    correction = models.TextField(_("correction"))

    class Meta:
        ordering = ["language", "number"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language", "number"], name="step_one_a_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="step_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Precaution(models.Model):
    """A reason not to do the exercise, or to do it with care; asked when it is prescribed."""

    class Group(models.TextChoices):
        STOP = "stop", _("Stop and refer")
        CARE = "care", _("Take care")

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="precautions")
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(_("code"), max_length=40)
    group = models.CharField(_("group"), max_length=4, choices=Group)
    question = models.TextField(
        _("question"),
        help_text=_("Yes or no, asked when the exercise is prescribed."),
    )
    reported = models.BooleanField(_("asked in each report"), default=False)
    sign = models.TextField(
        _("warning sign"),
        blank=True,
        help_text=_("The words the client reads in a report."),
    )

    class Meta:
        ordering = ["language", "number"]
        verbose_name = _("precaution")
        verbose_name_plural = _("precautions")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language", "code"], name="precaution_one_a_code"),
            models.UniqueConstraint(
                fields=["exercise", "language", "number"],
                name="precaution_one_a_number",
            ),
            models.CheckConstraint(
                condition=models.Q(group__in=["stop", "care"]),
                name="precaution_group_known",
            ),
            models.CheckConstraint(
                condition=models.Q(reported=False) | ~models.Q(sign=""), name="precaution_reported_has_sign"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Equipment(models.Model):
    """A thing the client needs at home."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="equipment")
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=80)
    detail = models.TextField(_("detail"))

    class Meta:
        ordering = ["language", "number"]
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "language", "number"], name="equipment_one_a_number"),
        ]

    def __str__(self) -> str:
        return self.name


class Variation(models.Model):
    """An easier way to do the exercise, which a prescription may choose by its code."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="variations")
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    how = models.TextField(_("how"))

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


class Media(models.Model):
    """A film, its poster or captions, or a picture: shipped as a static file, or uploaded by the clinic."""

    class Kind(models.TextChoices):
        FILM = "film", _("Film")
        POSTER = "poster", _("Poster picture")
        CAPTIONS = "captions", _("Captions")
        PICTURE = "picture", _("Picture")

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="media")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    language = models.CharField(_("language"), max_length=12, blank=True, help_text=_("Empty: for every language."))
    title = models.CharField(_("title"), max_length=120)
    file = models.FileField(_("uploaded file"), upload_to="exercises/", blank=True)
    path = models.CharField(_("static path"), max_length=200, blank=True, help_text=_("Of a shipped file."))

    class Meta:
        ordering = ["kind", "language", "pk"]
        verbose_name = _("media")
        verbose_name_plural = _("media")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["film", "poster", "captions", "picture"]),
                name="media_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(file="", path__gt="") | models.Q(path="", file__gt=""),
                name="media_uploaded_or_shipped",
            ),
        ]

    def __str__(self) -> str:
        return self.title
