"""Prescribe one exercise to several clients at once: one dose, and each of them asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.prescribing import client_preview, day_strip, dose_prefill
from clinic.admin.prescribing import review as prescribing_review
from clinic.admin.prescribing.one import find_wanted, list_offered
from clinic.admin.prescribing.review import BACK, PREVIEW
from clinic.admin.prescribing.screening_form import SeveralForm
from clinic.admin.rendering import page
from clinic.models import Client, Practitioner, Prescription
from clinic.prescriptions import bulk, prescribing
from clinic.prescriptions.bulk import MAX_CLIENTS
from clinic.reminders import planning
from exercises.models import Exercise


@require_http_methods(["GET", "HEAD", "POST"])
def prescribe_several(request: HttpRequest) -> HttpResponseBase:
    """``?client=1&client=2``: choose the exercise, ask each, one dose, a look at it; stored for all or for none."""
    if not access.clinical(request):
        raise Http404
    clients = _clients(request)
    if complaint := _selection_error(clients):
        messages.info(request, complaint)
        return HttpResponseRedirect(reverse("plumbline:clients"))
    if len(clients) == 1 and request.method != "POST":  # whoever left the others out keeps what was typed
        chosen = urlencode({"exercise": request.GET["exercise"]}) if "exercise" in request.GET else ""
        return HttpResponseRedirect(f"{reverse('plumbline:prescribe', args=[clients[0].pk])}{chosen and '?'}{chosen}")
    by = access.practitioner_of(request, clients[0])
    found = list_offered(by.clinic, by, clients)
    one, slug = find_wanted(request, found)
    title = _title(clients)
    query = "&".join(f"client={client.pk}" for client in clients)
    if one is None:
        context: dict[str, Any] = {"clients": clients, "offered": found, "unknown": slug, "query": query}
        return page(request, "prescribing/choose_exercise.html", title, **context)
    exercise = one.exercise
    given = dose_prefill.list_sources(exercise, by)
    form = _form(request, clients, exercise, given)
    if form.is_bound and form.is_valid():
        verb = _preview if request.POST.get("do") == PREVIEW else _store
        answer = form.call(lambda: verb(request, form, by))
        if answer is not None:
            return answer
    early = {share.client.pk: share.early for share in form.shares}
    strips = {strip.client.pk: strip for strip in day_strip.build_strips(clients, form.chosen(), early)}
    having = _running_plans(clients, exercise)
    running = {plan.client_id: plan for plan in having}
    return page(
        request, "prescribing/several.html", title, clients=clients, one=one, exercise=exercise, form=form,
        words=exercise.words(get_language()), sources=given, several=len(found) > 1, query=query,
        hours=day_strip.hour_marks(),
        shares=[
            (share, strips[share.client.pk], running.get(share.client.pk), _url_without(share.client, clients, slug))
            for share in form.shares
        ],
        beside=prescribing_review.join_ids(
            prescribing_review.displayed_value(form, prescribing_review.displayed_plans(request.POST), [plan.pk for plan in having])
        ),
    )  # fmt: skip


def _title(clients: Sequence[Client]) -> str:
    told = ngettext("Prescribe for %(count)s client", "Prescribe for %(count)s clients", len(clients))
    return told % {"count": len(clients)}


def _running_plans(clients: Sequence[Client], exercise: Exercise) -> list[Prescription]:
    """Who of them has the exercise already: their plans."""
    return list(Prescription.objects.running().filter(client__in=clients, exercise__slug=exercise.slug).order_by("pk"))


def _url_without(client: Client, clients: Sequence[Client], slug: str) -> str:
    """The address of the same page for the others; empty where there is none."""
    others = [("client", str(each.pk)) for each in clients if each.pk != client.pk]
    return f"?{urlencode([*others, ('exercise', slug)])}" if others else ""


def _clients(request: HttpRequest) -> list[Client]:
    """Those that the address names, each once, by name. Raises Http404 when one of them is not this person's."""
    asked = request.GET.getlist("client")
    if not all(number.isascii() and number.isdigit() and len(number) < 19 for number in asked):
        raise Http404
    numbers = {int(number) for number in asked}
    mine = Client.objects.treated_by(request.user).select_related("clinic", "practitioner")
    clients = list(mine.filter(pk__in=numbers).order_by("name", "pk"))
    if len(clients) != len(numbers):
        raise Http404
    return clients


def _selection_error(clients: Sequence[Client]) -> str:
    """Why these cannot be prescribed to at once; empty when they can."""
    if not clients:
        return _("Tick the clients first.")
    if len(clients) > MAX_CLIENTS:
        return _("Choose at most %(most)s clients at once.") % {"most": MAX_CLIENTS}
    if len({client.clinic_id for client in clients}) > 1:
        return _("Choose clients of one clinic.")
    return ""


def _form(
    request: HttpRequest, clients: Sequence[Client], exercise: Exercise, given: Sequence[dose_prefill.DoseSource]
) -> SeveralForm:
    """To be judged, or, after a look or with a dose filled in, only to be shown as it was typed."""
    form = SeveralForm(None, clients, exercise)
    fill, back = request.POST.get("fill", ""), request.POST.get("do") == BACK
    source = dose_prefill.find_source(given, fill or dose_prefill.key_in_query(request.GET))
    if request.method == "POST" and not fill and not back:
        return SeveralForm(request.POST, clients, exercise)
    typed = form.typed(request.POST) if request.method == "POST" else {}
    filled = source.fields(form.first_day(typed)) if source and not back else {}
    return SeveralForm(None, clients, exercise, typed | filled) if typed or filled else form


def _store(request: HttpRequest, form: SeveralForm, by: Practitioner) -> HttpResponseBase:
    made = bulk.prescribe_to_clients(
        form.orders(), form.exercise, form.dose(), by=by, keep_as=form.cleaned_data["keep_as"],
        beside=prescribing_review.displayed_plans(request.POST),
    )  # fmt: skip
    names = ", ".join(prescription.client.name for prescription in made)
    told = {"exercise": form.exercise.name, "names": names}
    messages.success(request, _("%(exercise)s is prescribed for %(names)s.") % told)
    _warn_of_no_reminder(request, made)
    return HttpResponseRedirect(reverse("plumbline:clients"))


def _warn_of_no_reminder(request: HttpRequest, made: Sequence[Prescription]) -> None:
    """Say once whom no reminder can ever come to."""
    now, versions = timezone.now(), planning.newest_versions({plan.pk for plan in made})
    unheard: dict[str, list[str]] = {}
    for plan in made:
        version = versions[plan.pk]
        version.prescription = plan  # with its client, read already
        if why := client_preview.no_time_left(version, now):
            unheard.setdefault(why, []).append(plan.client.name)
    for why, names in unheard.items():
        messages.warning(request, _("%(names)s: %(why)s") % {"names": ", ".join(names), "why": why})


def _preview(request: HttpRequest, form: SeveralForm, by: Practitioner) -> HttpResponseBase:
    """What each would get; the page and the mail of the first stand for those of all."""
    dose, now = form.dose(), timezone.now()
    bulk.validate_clients(form.orders(), form.exercise, dose, by=by, now=now)
    rows: list[dict[str, Any]] = []
    drafts = []
    for share in form.shares:
        order = share.order()
        theirs = bulk.dose_for(order, dose)
        draft = prescribing.draft_prescription(share.client, form.exercise, theirs, order.screening, by=by, now=now)
        coming = client_preview.first_reminders(draft, now)
        why_none = "" if coming else client_preview.why_no_reminder(draft, now)
        rows.append(
            {
                "client": share.client,
                "coming": coming[:1],
                "why_none": why_none,
                "overrides": share.questions.overrides(),
            }
        )
        drafts.append(draft)
    title = _title([share.client for share in form.shares])
    return prescribing_review.render_review(request, title, drafts[0], rows=rows, keep_as=form.cleaned_data["keep_as"])


ROUTES = [("clients/prescribe/", prescribe_several, "prescribe_several")]
