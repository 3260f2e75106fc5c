"""The audit log of a clinic for its owner, newest first; read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from clinic.admin import access
from clinic.admin.rendering import AdminPage, render_page
from clinic.models import (
    Absence,
    AuditEntry,
    Client,
    DoseTemplate,
    Flag,
    Message,
    Note,
    PainReport,
    Practitioner,
    Prescription,
    Registrant,
)
from clinic.models.clinic import Person
from exercises.models import Exercise

PER_PAGE = 50
CLIENTS, RULES = "clients", "rules"  # actors in the address, beside the numbers of colleagues

TARGET_KINDS: dict[str, Promise] = {
    "client": gettext_lazy("client"),
    "prescription": gettext_lazy("prescription"),
    "painreport": gettext_lazy("pain report"),
    "flag": gettext_lazy("flag"),
    "note": gettext_lazy("note"),
    "message": gettext_lazy("message"),
    "registrant": gettext_lazy("registrant"),
    "practitioner": gettext_lazy("colleague"),
    "absence": gettext_lazy("absence"),
    "exercise": gettext_lazy("exercise"),
    "dosetemplate": gettext_lazy("kept dose"),
    "clinic": gettext_lazy("clinic"),
    "advicetext": gettext_lazy("the clinic's own words"),
}
# Target kind → its rows that a person may see, the lookup of the named row, and the URL name of that row's page.
_TARGETS: dict[str, tuple[Any, str, str]] = {
    "client": (Client.objects.visible_to, "", "client"),
    "prescription": (Prescription.objects.visible_to, "client__", "client"),
    "painreport": (PainReport.objects.visible_to, "prescription__client__", "client"),
    "flag": (Flag.objects.visible_to, "prescription__client__", "client"),
    "note": (Note.objects.visible_to, "client__", "client"),
    "message": (Message.objects.visible_to, "client__", "client"),
    "registrant": (Registrant.objects.visible_to, "", ""),
    "practitioner": (Practitioner.objects.managed_by, "", "member"),
    "absence": (Absence.objects.managed_by, "practitioner__", "member"),
    "dosetemplate": (DoseTemplate.objects.kept_by, "", "dose_template"),
}


@dataclass(frozen=True)
class Target:
    """The row that an act was about, by name; ``link`` is empty where it has no page."""

    name: str
    link: str


@dataclass(frozen=True)
class Line:
    """One entry as text; ``target`` is None where the row is deleted or hidden from the owner."""

    entry: AuditEntry
    actor: str
    act: str
    kind: str
    target: Target | None


def _capitalize(label: Promise | str) -> Any:
    """Capitalise a label; capfirst keeps it lazy, which its stubs do not know."""
    return capfirst(label)  # type: ignore[type-var]


class FilterForm(forms.Form):
    """Filters of the log: actor and verb."""

    actor = forms.ChoiceField(
        label=gettext_lazy("Person"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Person: “%(value).40s” is not in the list. Everything is shown.")
        },
    )
    verb = forms.ChoiceField(
        label=gettext_lazy("Act"),
        required=False,
        choices=[
            ("", gettext_lazy("Every act")),
            *(
                (heading, [(verb, _capitalize(label)) for verb, label in verbs])
                for heading, verbs in AuditEntry.Verb.grouped_choices()
            ),
        ],
        error_messages={"invalid_choice": gettext_lazy("Act: “%(value).40s” is not in the list. Everything is shown.")},
    )

    def __init__(self, data: Any, people: Iterable[Practitioner]) -> None:
        super().__init__(data)
        actor = self.fields["actor"]
        assert isinstance(actor, forms.ChoiceField)
        actor.choices = [
            ("", _("Everybody")),
            *((str(person.pk), person.name) for person in people),
            (CLIENTS, _("Clients")),
            (RULES, capfirst(_("the rules, or a link in a mail"))),
        ]

    def filters(self) -> dict[str, str]:
        """The filters that are set; none while the form has an error."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


@require_safe
def audit_log(request: HttpRequest) -> AdminPage:
    """PER_PAGE entries a page, by a fixed number of queries."""
    if not access.is_owner(request):
        raise Http404
    people = list(Practitioner.objects.managed_by(request.user).order_by("name", "pk"))
    form = FilterForm(request.GET, people)
    filters = form.filters()
    entries = _filtered(AuditEntry.objects.visible_to(request.user), filters, people)
    rows = entries.select_related("actor", "clinic").prefetch_related("actor__practitioners", "actor__clients")
    page_obj = Paginator(rows.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "practice/audit_log.html",
        _("Who did what"),
        form=form,
        page_obj=page_obj,
        lines=_lines(list(page_obj), request.user),
        filtered=bool(filters),
        several_clinics=len(access.owned_clinics(request)) > 1,
    )


def _filtered(entries: Any, filters: dict[str, str], people: list[Practitioner]) -> Any:
    actor = filters.get("actor", "")
    if actor == RULES:
        entries = entries.filter(actor=None)
    elif actor == CLIENTS:
        entries = entries.filter(Exists(Client.objects.filter(user=OuterRef("actor"), clinic=OuterRef("clinic"))))
    elif actor:
        person = next(person for person in people if str(person.pk) == actor)
        entries = entries.filter(actor=person.user_id, clinic=person.clinic_id)
    return entries.filter(verb=filters["verb"]) if "verb" in filters else entries


def _lines(entries: list[AuditEntry], user: Person) -> list[Line]:
    targets = _targets(entries, user)
    return [
        Line(
            entry,
            _actor_name(entry),
            entry.get_verb_display(),
            str(TARGET_KINDS.get(entry.target_kind, entry.target_kind)),
            targets.get((entry.target_kind, entry.target_id)),
        )
        for entry in entries
    ]


def _targets(entries: list[AuditEntry], user: Person) -> dict[tuple[str, int], Target]:
    """Targets by kind and number, by one query for each kind among the entries."""
    numbers: dict[str, set[int]] = defaultdict(set)
    targets = {}
    for entry in entries:
        numbers[entry.target_kind].add(entry.target_id)
        if (entry.target_kind, entry.target_id) == ("clinic", entry.clinic_id):
            targets["clinic", entry.clinic_id] = Target(entry.clinic.name, reverse("plumbline:clinic"))
    for kind, (visible_rows, lookup, url_name) in _TARGETS.items():
        if kind in numbers:
            rows = visible_rows(user).filter(pk__in=numbers[kind]).values_list("pk", f"{lookup}pk", f"{lookup}name")
            for pk, named_pk, name in rows:
                link = reverse(f"plumbline:{url_name}", args=[named_pk]) if url_name else ""
                targets[kind, pk] = Target(name, link)
    if "exercise" in numbers:  # the whole site's; its name is translated
        for exercise in Exercise.objects.filter(pk__in=numbers["exercise"]).prefetch_related("texts"):
            link = reverse("plumbline:exercise", args=[exercise.slug])
            targets["exercise", exercise.pk] = Target(exercise.name, link)
    return targets


def _actor_name(entry: AuditEntry) -> str:
    """The actor's name at this clinic."""
    if entry.actor is None:
        return _("the rules, or a link in a mail")
    actor: Any = entry.actor  # the reverse names are ours; a host's user model does not declare them
    for person in (*actor.practitioners.all(), *actor.clients.all()):
        if person.clinic_id == entry.clinic_id:
            return str(person)
    return _("somebody else")


ROUTES = [("audit-log/", audit_log, "audit_log")]
