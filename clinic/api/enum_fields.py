"""Fields that hold one of a few codes; each set of codes is a named component of the schema."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers


class EnumField(serializers.ChoiceField):
    """One of ``codes``, read only.

    Args:
        name: the name of the component in the schema, such as ``FlagState``.
        codes: the set.
    """

    def __init__(self, name: str, codes: type[TextChoices], **kwargs: Any) -> None:
        super().__init__(choices=codes.choices, read_only=True, **kwargs)
        self.component_name = name


class EnumFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes each set once; by default the generator invents names such as ``StateFb8Enum``."""

    target_class = EnumField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> Any:
        field: EnumField = self.target
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=field.component_name,
            type=ResolvedComponent.SCHEMA,
            object=field.component_name,
            schema={"type": "string", "enum": list(field.choices)},
        )
        auto_schema.registry.register_on_missing(component)
        return component.ref
