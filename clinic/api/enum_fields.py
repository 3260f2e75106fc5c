"""Fields that hold one of a few codes, each set of codes under a name of its own in the description of the API."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers


class EnumField(serializers.ChoiceField):
    """One of ``codes``, given out.

    Args:
        name: what this set of codes is called in the description, such as ``FlagState``.
        codes: the set.
    """

    def __init__(self, name: str, codes: type[TextChoices], **kwargs: Any) -> None:
        super().__init__(choices=codes.choices, read_only=True, **kwargs)
        self.name_of_set = name


class EnumFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes each set once. Left to itself the generator makes up names such as ``StateFb8Enum``."""

    target_class = EnumField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> Any:
        field: EnumField = self.target
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=field.name_of_set,
            type=ResolvedComponent.SCHEMA,
            object=field.name_of_set,
            schema={"type": "string", "enum": list(field.choices)},
        )
        auto_schema.registry.register_on_missing(component)
        return component.ref
