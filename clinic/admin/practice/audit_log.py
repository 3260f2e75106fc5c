"""Who did what, for the owner: every act at the clinic, the newest first. Nothing here can be added or changed."""

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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clinic.admin import access
from clinic.admin.practice import audit_labels
from clinic.admin.rendering import Page, page
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
CLIENTS, NOBODY = "clients", "rules"  # in the address, beside the numbers of colleagues

# Kind → the rows of it that a person may know of, the way to whom it is about, and the page of that one.
_ABOUT: dict[str, tuple[Any, str, str]] = {
    "client": (Client.objects.visible_to, "", "client"),
    "prescription": (Prescription.objects.visible_to, "client__", "client"),
    "painreport": (PainReport.objects.visible_to, "prescription__client__", "client"),
    "flag": (Flag.objects.visible_to, "prescription__client__", "client"),
    "note": (Note.objects.visible_to, "client__", "client"),
    "message": (Message.objects.visible_to, "client__", "client"),
    "registrant": (Registrant.objects.visible_to, "", ""),
    "practitioner": (Practitioner.objects.managed_by, "", "colleague"),
    "absence": (Absence.objects.managed_by, "practitioner__", "colleague"),
    "dosetemplate": (DoseTemplate.objects.kept_by, "", "dose_template"),
}


@dataclass(frozen=True)
class Target:
    """Whom or what an act was about, by name; ``link`` is empty where it has no page."""

    name: str
    link: str


@dataclass(frozen=True)
class Line:
    """One act in words; ``target`` is None where the row is gone or not theirs to see: then the number stands."""

    entry: AuditEntry
    who: str
    act: str
    kind: str
    target: Target | None


def _capital(words: Promise | str) -> Any:
    """Still to be translated: capfirst keeps it lazy, which its stubs do not know."""
    return capfirst(words)  # type: ignore[type-var]


class FilterForm(forms.Form):
    """What the list is narrowed to."""

    who = forms.ChoiceField(
        label=gettext_lazy("Person"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Person: “%(value).40s” is not in the list. Everything is shown.")
        },
    )
    what = forms.ChoiceField(
        label=gettext_lazy("Act"),
        required=False,
        choices=[
            ("", gettext_lazy("Every act")),
            *(
                (heading, [(verb, _capital(words)) for verb, words in some.items()])
                for heading, some in audit_labels.GROUPS
            ),
        ],
        error_messages={"invalid_choice": gettext_lazy("Act: “%(value).40s” is not in the list. Everything is shown.")},
    )

    def __init__(self, data: Any, people: Iterable[Practitioner]) -> None:
        super().__init__(data)
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        who.choices = [
            ("", _("Everybody")),
            *((str(person.pk), person.name) for person in people),
            (CLIENTS, _("Clients")),
            (NOBODY, capfirst(_("the rules, or a link in a mail"))),
        ]

    def asked(self) -> dict[str, str]:
        """What is asked for; nothing while the form has an error."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


@require_safe
def listing(request: HttpRequest) -> Page:
    """50 a page; the same number of queries however many they are."""
    if not access.owns(request):
        raise Http404
    people = list(Practitioner.objects.managed_by(request.user).order_by("name", "pk"))
    form = FilterForm(request.GET, people)
    asked = form.asked()
    found = _narrowed(AuditEntry.objects.visible_to(request.user), asked, people)
    rows = found.select_related("actor", "clinic").prefetch_related("actor__practitioners", "actor__clients")
    shown = Paginator(rows.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "practice/audit_log.html",
        _("Who did what"),
        form=form,
        shown=shown,
        lines=_lines(list(shown), request.user),
        narrowed=bool(asked),
        several_clinics=len(access.owned(request)) > 1,
    )


def _narrowed(entries: Any, asked: dict[str, str], people: list[Practitioner]) -> Any:
    who = asked.get("who", "")
    if who == NOBODY:
        entries = entries.filter(actor=None)
    elif who == CLIENTS:
        entries = entries.filter(Exists(Client.objects.filter(user=OuterRef("actor"), clinic=OuterRef("clinic"))))
    elif who:
        person = next(one for one in people if str(one.pk) == who)
        entries = entries.filter(actor=person.user_id, clinic=person.clinic_id)
    return entries.filter(verb=asked["what"]) if "what" in asked else entries


def _lines(entries: list[AuditEntry], user: Person) -> list[Line]:
    targets = _targets(entries, user)
    return [
        Line(
            entry,
            _who(entry),
            audit_labels.act(entry.verb),
            audit_labels.kind(entry.target_kind),
            targets.get((entry.target_kind, entry.target_id)),
        )
        for entry in entries
    ]


def _targets(entries: list[AuditEntry], user: Person) -> dict[tuple[str, int], Target]:
    """By kind and number: one query for each kind among the entries."""
    numbers: dict[str, set[int]] = defaultdict(set)
    found = {}
    for entry in entries:
        numbers[entry.target_kind].add(entry.target_id)
        if (entry.target_kind, entry.target_id) == ("clinic", entry.clinic_id):
            found["clinic", entry.clinic_id] = Target(entry.clinic.name, reverse("plumbline:clinic"))
    for kind, (known_to, way, route) in _ABOUT.items():
        if kind in numbers:
            rows = known_to(user).filter(pk__in=numbers[kind]).values_list("pk", f"{way}pk", f"{way}name")
            for pk, whom, name in rows:
                found[kind, pk] = Target(name, reverse(f"plumbline:{route}", args=[whom]) if route else "")
    if "exercise" in numbers:  # everybody's; its name is in words of several languages
        for one in Exercise.objects.filter(pk__in=numbers["exercise"]).prefetch_related("texts"):
            found["exercise", one.pk] = Target(one.name, reverse("plumbline:exercise", args=[one.slug]))
    return found


def _who(entry: AuditEntry) -> str:
    """The name that the actor bears at this clinic."""
    if entry.actor is None:
        return _("the rules, or a link in a mail")
    actor: Any = entry.actor  # the reverse names are ours; a host's user model does not declare them
    for known in (*actor.practitioners.all(), *actor.clients.all()):
        if known.clinic_id == entry.clinic_id:
            return str(known)
    return _("somebody else")


ROUTES = [
    ("book/", listing, "who_did_what"),
]
