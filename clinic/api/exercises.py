"""``/exercises/``: the library, in the language asked for by Accept-Language."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language_from_request
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api.enum_fields import EnumField
from clinic.api.viewsets import ApiViewSet
from exercises.media_selection import select_film
from exercises.models import Equipment, Exercise, ExerciseText, Media, Precaution, Step, Variation


class StepAnswer(serializers.ModelSerializer[Step]):
    phase = EnumField(
        "StepPhase", Step.Phase, help_text="when it is done: once, in each round, during the hold, to end"
    )

    class Meta:
        model = Step
        fields = [
            "number", "phase", "title", "instruction", "cue", "fault", "correction", "shows", "fault_shows",
        ]  # fmt: skip
        read_only_fields = fields


class PrecautionAnswer(serializers.ModelSerializer[Precaution]):
    group = EnumField("PrecautionGroup", Precaution.Group, help_text="stop: refer; care: take care")

    class Meta:
        model = Precaution
        fields = ["code", "group", "question", "reported", "sign"]
        read_only_fields = fields


class EquipmentAnswer(serializers.ModelSerializer[Equipment]):
    class Meta:
        model = Equipment
        fields = ["name", "detail"]
        read_only_fields = fields


class VariationAnswer(serializers.ModelSerializer[Variation]):
    class Meta:
        model = Variation
        fields = ["code", "name", "how", "shows"]
        read_only_fields = fields


class PictureAnswer(serializers.ModelSerializer[Media]):
    """A clinic's own file opens for the session of somebody who is signed in; a shipped one for everybody."""

    kind = EnumField("MediaKind", Media.Kind)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Media
        fields = ["kind", "language", "step", "title", "content_type", "url"]
        read_only_fields = fields
        extra_kwargs = {"step": {"help_text": "the number of the step that a picture shows"}}

    @extend_schema_field(serializers.URLField())
    def get_url(self, media: Media) -> str:
        path = reverse("clinic:media", args=[media.pk]) if media.uploaded else static(media.path)
        request: Request = self.context["request"]
        return request.build_absolute_uri(path)


class ExerciseAnswer(serializers.ModelSerializer[Exercise]):
    """``language`` is the one that was found, which may not be the one asked for."""

    language = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()

    class Meta:
        model = Exercise
        fields = ["slug", "version", "featured", "language", "name", "summary"]
        read_only_fields = fields

    def get_language(self, exercise: Exercise) -> str:
        return self._words(exercise).language

    def get_name(self, exercise: Exercise) -> str:
        return self._words(exercise).name

    def get_summary(self, exercise: Exercise) -> str:
        return self._words(exercise).summary

    def _words(self, exercise: Exercise) -> ExerciseText:
        return exercise.text_in(self.context["language"])


class WholeExerciseAnswer(ExerciseAnswer):
    purpose = serializers.SerializerMethodField()
    gauge = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()
    precautions = serializers.SerializerMethodField()
    equipment = serializers.SerializerMethodField()
    variations = serializers.SerializerMethodField()
    pictures = serializers.SerializerMethodField()

    class Meta(ExerciseAnswer.Meta):
        fields = [
            *ExerciseAnswer.Meta.fields,
            "purpose", "gauge", "steps", "precautions", "equipment", "variations", "pictures",
        ]  # fmt: skip
        read_only_fields = fields

    def get_purpose(self, exercise: Exercise) -> str:
        return self._words(exercise).purpose

    def get_gauge(self, exercise: Exercise) -> str:
        return self._words(exercise).gauge

    @extend_schema_field(StepAnswer(many=True))
    def get_steps(self, exercise: Exercise) -> Any:
        return StepAnswer(exercise.steps_in(self.context["language"]), many=True).data

    @extend_schema_field(PrecautionAnswer(many=True))
    def get_precautions(self, exercise: Exercise) -> Any:
        return PrecautionAnswer(exercise.precautions_in(self.context["language"]), many=True).data

    @extend_schema_field(EquipmentAnswer(many=True))
    def get_equipment(self, exercise: Exercise) -> Any:
        return EquipmentAnswer(exercise.equipment_in(self.context["language"]), many=True).data

    @extend_schema_field(VariationAnswer(many=True))
    def get_variations(self, exercise: Exercise) -> Any:
        return VariationAnswer(exercise.variations_in(self.context["language"]), many=True).data

    @extend_schema_field(PictureAnswer(many=True))
    def get_pictures(self, exercise: Exercise) -> Any:
        spoken, film = self._words(exercise).language, select_film(exercise)
        shown = [*film.sources, *film.captions, *([film.poster] if film.poster else [])] if film else []
        shown += [media for media in exercise.media.all() if media.kind == Media.Kind.PICTURE]
        fitting = [media for media in shown if media.language in ("", spoken)]
        return PictureAnswer(fitting, many=True, context=self.context).data


class Exercises(ApiViewSet[Exercise]):
    serializer_class = ExerciseAnswer
    lookup_field = "slug"
    lookup_value_converter = "slug"
    queries = {"list": ("page",)}

    def get_queryset(self) -> QuerySet[Exercise]:
        return Exercise.objects.current()

    def get_serializer_class(self) -> type[ExerciseAnswer]:
        return WholeExerciseAnswer if self.action == "retrieve" else ExerciseAnswer

    def get_serializer_context(self) -> dict[str, Any]:
        return {"request": self.request, "language": get_language_from_request(self.request)}

    def list(self, request: Request) -> Response:
        """The newest version of each published exercise."""
        return self.paginated(Exercise.objects.current().with_texts())

    def retrieve(self, request: Request, slug: str) -> Response:
        """One exercise whole: steps with their cues, precautions, equipment, easier ways, pictures."""
        exercise = get_object_or_404(Exercise.objects.current().with_content(), slug=slug)
        return Response(self.get_serializer(exercise).data)
