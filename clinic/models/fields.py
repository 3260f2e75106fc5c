"""Fields that several models share: a zone, a language, a score, weekdays, times; and numbers sent by strangers."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    Text = models.CharField[str, str]
    Whole = models.PositiveSmallIntegerField[int | None, int | None]
else:
    Text, Whole = models.CharField, models.PositiveSmallIntegerField

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORST_PAIN = 10  # on the numeric rating scale
MAX_TIMES = 20  # a day: what a TimesField has room for


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def validate_zone(name: str) -> None:
    """Raise ValidationError unless ``name`` is an IANA zone this machine knows."""
    if name not in _zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use an IANA name such as Europe/Madrid."), params={"name": name[:60]}
        )


def validate_language(code: str) -> None:
    """Raise ValidationError unless ``code`` is one of settings.LANGUAGES."""
    codes = [language for language, _name in settings.LANGUAGES]
    if code not in codes:
        raise ValidationError(
            _("“%(code)s” is not a language here. Use one of: %(spoken)s."),
            params={"code": code[:20], "spoken": ", ".join(codes)},
        )


def int_or_none(text: object) -> int | None:
    """A whole number from 0 on of at most 18 ASCII digits, which any column holds; None for whatever else was sent."""
    good = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 18
    return int(text) if good else None  # type: ignore[call-overload]


def parse_days(days: Iterable[str]) -> str:
    """``["tue", "mon"]`` → ``"mon,tue"``: in week order, each once.

    Raises ValidationError when a day is unknown or none is given.
    """
    names = [str(day) for day in days]
    unknown = [day for day in names if day not in WEEKDAYS]
    if unknown or not names:
        raise ValidationError(
            _("“%(day)s” is not a weekday. Use: %(days)s.") if unknown else _("Choose at least one day."),
            params={"day": unknown[0][:20] if unknown else "", "days": ", ".join(WEEKDAYS)},
        )
    return ",".join(day for day in WEEKDAYS if day in names)


def parse_times(times: Iterable[str | dt.time]) -> str:
    """``["18:00", "08:30"]`` → ``"08:30,18:00"``: sorted, each once.

    Raises ValidationError when a time is not HH:MM, or none or too many are given.
    """
    parsed: set[dt.time] = set()
    for value in times:
        try:
            time = value if isinstance(value, dt.time) else dt.datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007
        except (TypeError, ValueError) as error:
            raise ValidationError(
                _("“%(time)s” is not a time of day. Write it as 18:00."), params={"time": str(value)[:20]}
            ) from error
        parsed.add(time)
    if not parsed:
        raise ValidationError(_("Give at least one time, such as 18:00."))
    if len(parsed) > MAX_TIMES:
        raise ValidationError(_("Give at most %(most)s times a day."), params={"most": MAX_TIMES})
    return ",".join(f"{time:%H:%M}" for time in sorted(parsed))


class DaysField(Text):
    """Weekdays as "mon,tue": in week order, each once. A list is put into this form when the row is cleaned."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(parse_days(value.split(",") if isinstance(value, str) else value), model_instance)


class TimesField(Text):
    """Local times as "08:30,18:00": sorted, each once. A list is put into this form when the row is cleaned."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(parse_times(value.split(",") if isinstance(value, str) else value), model_instance)


class TimeZoneField(Text):
    """An IANA zone name. Its value is text; ``ZoneInfo(value)`` never fails on a validated one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("default", "UTC")
        super().__init__(*args, **kwargs)
        self.validators.append(validate_zone)


class LanguageField(Text):
    """A language code out of settings.LANGUAGES, checked when written, not frozen into migrations."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("default", "en")
        super().__init__(*args, **kwargs)
        self.validators.append(validate_language)


def folded(text: str) -> str:
    """Without accents and case, as people type what they look for: “Inés” and “INES” are both ``ines``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


class SearchField(Text):
    """Another field of the row, folded, to be searched by; written whenever the row is saved."""

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        self.of = of
        kwargs.setdefault("max_length", 240)
        super().__init__(*args, **kwargs | {"editable": False, "default": "", "db_default": ""})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Follows the other field, and is cut where folding made it longer than a column holds."""
        value = folded(getattr(model_instance, self.of))[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value


class ScoreField(Whole):
    """Numeric rating scale: whole numbers 0–10; missing is NULL, never 0."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["null"] = kwargs["blank"] = True
        super().__init__(*args, **kwargs)
        self.validators.extend([MinValueValidator(0), MaxValueValidator(WORST_PAIN)])


def score_constraint(field: str) -> models.CheckConstraint:
    """The constraint that ``field`` holds NULL or 0–10 (numeric rating scale)."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__isnull": True}) | models.Q(**{f"{field}__range": (0, WORST_PAIN)}),
        name=f"{field}_is_0_to_10",
    )


def zone(name: str) -> ZoneInfo:
    """The zone object of a stored name."""
    return ZoneInfo(name)
