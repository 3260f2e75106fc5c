"""The fields of request bodies, parsed strictly: an unknown or mistyped value is an error, never guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import IO, Any, Final

from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import BaseParser

from clinic.api.problems import BadBody, TooLarge
from clinic.models.fields import WORST_PAIN

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class JSONObjects(BaseParser):
    """JSON in UTF-8 whose outermost value is an object, no key twice."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw: bytes = stream.read() if most is None else stream.read(most + 1)
        if most is not None and len(raw) > most:
            raise TooLarge(_("Send at most %(most)s bytes.") % {"most": most})
        try:
            body = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise BadBody(_("This is not JSON: %(why)s.") % {"why": str(error)[:200].rstrip(".")}) from error
        if not isinstance(body, dict):
            raise BadBody(_("Send a JSON object, such as {“name”: “value”}."))
        return body


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice[:60]}” stands there twice")
    return values


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


class BodySerializer(serializers.Serializer[Any]):
    """A JSON object with just these fields; an unknown one is an error of that name."""

    default_error_messages = {"invalid": gettext_lazy("Write a JSON object here, in braces.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            fields = ", ".join(self.fields)
            errors = {
                str(name): [_("Unknown field. Use: %(known)s.") % {"known": fields}]
                for name in data.keys() - self.fields.keys()
            }
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **errors}) from error
            raise
        if errors:
            raise serializers.ValidationError(errors)
        return values


class WholeNumber(serializers.IntegerField):
    """A JSON integer: neither 7.0 nor "7" nor true."""

    default_error_messages = {"invalid": gettext_lazy("Write a whole number, without quotes.")}

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class Score(WholeNumber):
    """Numeric rating scale, 0–10; null: not answered."""

    default_error_messages = dict.fromkeys(
        ("invalid", "min_value", "max_value"), gettext_lazy("A whole number from 0 (no pain) to 10 (worst imaginable).")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=WORST_PAIN, required=False, allow_null=True, **kwargs)


class YesNo(serializers.BooleanField):
    """true or false; neither "yes" nor 1."""

    default_error_messages = {"invalid": gettext_lazy("Write true or false, without quotes.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Text(serializers.CharField):
    """A JSON string; a number is not turned into one."""

    default_error_messages = {"invalid": gettext_lazy("Write text, in quotes.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class EmailAddress(serializers.EmailField, Text):
    """An e-mail address."""


class Instant(serializers.DateTimeField):
    """RFC 3339 with its offset; given out in UTC."""

    default_error_messages = {
        "invalid": gettext_lazy("Write date, time and offset, such as 2026-03-01T18:05:00+01:00 or …Z.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
            self.fail("invalid", format="")
        return super().to_internal_value(value)


class Day(serializers.DateField):
    """YYYY-MM-DD."""

    default_error_messages = {"invalid": gettext_lazy("Write the date as 2026-03-01.")}

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            self.fail("invalid", format="")
        return super().to_internal_value(value)


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "example": "07:30"})
class Clock(serializers.TimeField):
    """A local time of day, HH:MM."""

    default_error_messages = {"invalid": gettext_lazy("Write the time as 07:30, from 00:00 to 23:59.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class TextList(serializers.ListField):
    """A list of strings."""

    child = Text(max_length=200)
    default_error_messages = {"not_a_list": gettext_lazy("Write a list, such as [“one”, “two”].")}
