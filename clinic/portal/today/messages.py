"""What the clinic wrote: on the first page until it was read, and all of it on a page of its own."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from clinic.clients import messages as client_messages
from clinic.models import Client, Message, Person
from clinic.portal.access import client_only, show

ON_A_PAGE = 20


def messages_of(client: Client, user: Person) -> QuerySet[Message]:
    """The newest first, each with who wrote it."""
    mine = Message.objects.visible_to(user).filter(client=client)
    return mine.select_related("by", "client__clinic").order_by("-due_at", "-pk")


@require_safe
@client_only
def messages(request: HttpRequest, client: Client) -> HttpResponse:
    """All of them, a page at a time; looking changes nothing."""
    shown = Paginator(messages_of(client, request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    return show(request, client, "today/messages.html", {"page": shown})


@require_POST
@client_only
def mark_read(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """ "Got it": the message leaves the first page, and the practitioner sees that it was read."""
    message = get_object_or_404(messages_of(client, request.user), pk=pk)
    client_messages.mark_read(message, by=request.user)  # type: ignore[arg-type]  # signed in: the page is for clients only
    return redirect("clinic:messages" if request.POST.get("from") == "messages" else "clinic:today")
