"""Invitations that are out: sent again, or withdrawn, one or several at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clinic.admin import access
from clinic.admin import labels as admin_labels
from clinic.admin.bulk_selection import group_by_membership, selected_rows
from clinic.admin.rendering import redirect_back, render_page
from clinic.clients import invitations
from clinic.clients.invitations import MAX_INVITATIONS, REMIND_AFTER
from clinic.models import Client, Invitation
from clinic.models.client import ClientQuerySet
from clinic.models.outbox import OPEN, State

PER_PAGE = 50


@dataclass(frozen=True)
class Out:
    """One client who has not joined, and what became of the last mail."""

    client: Client
    state: str  # in words
    trouble: str  # why it did not arrive, in words; empty: nothing is known to be wrong
    until: dt.datetime | None  # how long the link works; None: no more


def out(request: HttpRequest) -> tuple[Page[Client], list[Out], int]:
    """A page of those invited by, or for, this person, the newest first; and how many could be reminded now."""
    now = timezone.now()
    mails = Prefetch("invitations", queryset=Invitation.objects.order_by("-pk"), to_attr="mails")
    waiting = _invited(request).select_related("practitioner", "clinic").prefetch_related(mails)
    shown = Paginator(waiting.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return shown, [_out(client, now) for client in shown], _to_remind(request, now).count()


def _invited(request: HttpRequest) -> ClientQuerySet:
    return Client.objects.treated_by(request.user).filter(state=Client.State.INVITED)


def _to_remind(request: HttpRequest, now: dt.datetime) -> ClientQuerySet:
    return Client.objects.treated_by(request.user).unanswered(now - REMIND_AFTER, MAX_INVITATIONS)


def _out(client: Client, now: dt.datetime) -> Out:
    mail: Invitation | None = next(iter(client.mails), None)  # type: ignore[attr-defined]
    if mail is None:
        return Out(client, _("not invited"), "", None)
    until = mail.valid_until if mail.valid_until > now and mail.withdrawn_at is None else None
    if mail.state in OPEN:
        state = _("waits to go out") if mail.try_at <= now else _("goes out in a few minutes")
    elif mail.state == State.SENT:
        state = _("mailed %(ago)s") % {"ago": admin_labels.format_time_ago(mail.sent_at or mail.due_at, now)}
    else:
        state = mail.get_state_display()
    trouble = admin_labels.format_status_detail(mail.status_detail)
    if client.undeliverable_since and not trouble:
        trouble = _("mail comes back")
    return Out(client, state, trouble, until)


@require_POST
def resend_invitation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A new link by mail; the earlier ones stop working."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    try:
        invitations.resend_invitation(client, by=access.practitioner_of(request, client))
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
    else:
        messages.success(request, _("A new invitation to %(name)s is on its way.") % {"name": client})
    return redirect_back(request, reverse("plumbline:client", args=[pk]))


@require_POST
def resend_invitations(request: HttpRequest) -> HttpResponseBase:
    """The same for all that are ticked; with ``remind`` for everybody who has not answered for a week."""
    if not access.clinical(request):
        raise Http404
    if "remind" in request.POST:
        chosen = list(_to_remind(request, timezone.now()))
    else:
        chosen = selected_rows(request, Client.objects.treated_by(request.user))
    posted = 0
    for by, clients in group_by_membership(access.clinical(request), chosen):
        posted += len(invitations.resend_invitations(clients, by=by))
    if not chosen:
        messages.info(request, _("Nobody was chosen, so nothing was sent."))
    elif posted:
        told = ngettext(
            "%(count)s new invitation is on its way.", "%(count)s new invitations are on their way.", posted
        )
        messages.success(request, f"{told % {'count': posted}} {_joined_meanwhile(len(chosen) - posted)}".strip())
    else:
        messages.info(request, _joined_meanwhile(len(chosen)))
    return HttpResponseRedirect(reverse("plumbline:invite"))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponseBase:
    """Asks once more, by name; then the links die."""
    if not access.clinical(request):
        raise Http404
    chosen = selected_rows(request, Client.objects.treated_by(request.user).select_related("clinic"))
    waiting = [client for client in chosen if client.state == Client.State.INVITED]
    here = reverse("plumbline:invite")
    if not waiting:
        nobody = _("Nobody was chosen, so nothing is withdrawn.")
        messages.info(request, _joined_meanwhile(len(chosen)) if chosen else nobody)
        return HttpResponseRedirect(here)
    if request.method != "POST" or "sure" not in request.POST:
        planned = {
            client.pk
            for client in Client.objects.filter(pk__in=[row.pk for row in waiting], prescriptions__isnull=False)
        }
        title = ngettext("Withdraw the invitation", "Withdraw the invitations", len(waiting))
        return render_page(request, "clients/withdraw_invitations.html", title, clients=waiting, planned=planned)
    gone = 0
    for by, clients in group_by_membership(access.clinical(request), waiting):
        gone += len(invitations.withdraw_invitations(clients, by=by))
    if gone == 1 == len(waiting):
        messages.success(
            request, _("The invitation to %(name)s is withdrawn. Its link works no more.") % {"name": waiting[0]}
        )
    elif gone:
        told = ngettext("%(count)s invitation is withdrawn.", "%(count)s invitations are withdrawn.", gone)
        messages.success(request, f"{told % {'count': gone}} {_joined_meanwhile(len(chosen) - gone)}".strip())
    else:
        messages.info(request, _joined_meanwhile(len(chosen)))
    return HttpResponseRedirect(here)


def _joined_meanwhile(count: int) -> str:
    """Of those with whom there was nothing to do any more."""
    if not count:
        return ""
    told = ngettext(
        "%(count)s person has joined or left in the meantime, and stays as they are.",
        "%(count)s people have joined or left in the meantime, and stay as they are.",
        count,
    )
    return told % {"count": count}


ROUTES = [
    ("clients/<int:pk>/invite-again/", resend_invitation, "resend_invitation"),
    ("clients/invitations/again/", resend_invitations, "resend_invitations"),
    ("clients/invitations/withdraw/", withdraw, "withdraw_invitations"),
]
