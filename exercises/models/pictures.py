"""Drawings made from poses, films and uploaded pictures of an exercise."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.db import models
from django.utils.translation import gettext_lazy as _

from exercises.figure import Pose

from .exercise import Exercise

# By the extension, which is that of the content: an upload is stored under the extension found in its bytes.
CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".vtt": "text/vtt",
}


class Drawing(models.Model):
    """A pose of the body, from which the pictures are drawn; the same in every language."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="drawings")
    key = models.CharField(_("picture of"), max_length=60, help_text=_("step-7, fault-7, way-chair"))
    angles = models.JSONField(_("pose"))

    class Meta:
        ordering = ["key"]
        verbose_name = _("drawing")
        verbose_name_plural = _("drawings")
        constraints = [models.UniqueConstraint(fields=["exercise", "key"], name="drawing_one_a_key")]

    def __str__(self) -> str:
        return self.key

    @property
    def pose(self) -> Pose:
        """The pose as `figure.draw` takes it."""
        return Pose.from_angles(self.angles)


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
    step = models.PositiveSmallIntegerField(
        _("step"), null=True, blank=True, help_text=_("Which step a picture shows.")
    )
    title = models.CharField(_("title"), max_length=120)
    file = models.FileField(_("uploaded file"), upload_to="exercises/", blank=True)
    path = models.CharField(_("static path"), max_length=200, blank=True, help_text=_("Of a shipped file."))

    class Meta:
        ordering = ["kind", "language", "pk"]
        verbose_name = _("media")
        verbose_name_plural = _("media")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["film", "poster", "captions", "picture"]), name="media_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(file="", path__gt="") | models.Q(path="", file__gt=""),
                name="media_uploaded_or_shipped",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def uploaded(self) -> bool:
        """Whether the clinic uploaded it; otherwise it is shipped as a static file."""
        return bool(self.file)

    @property
    def extension(self) -> str:
        """The file extension, such as ".mp4"."""
        return PurePosixPath(self.file.name or self.path).suffix

    @property
    def content_type(self) -> str:
        """The content type sent to a browser."""
        return CONTENT_TYPES.get(self.extension, "application/octet-stream")
