"""Send a message to a client, who reads it in the portal; a mail announces it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.rendering import get_return_url, redirect_back, render_page
from clinic.admin.service_form import IdempotentForm
from clinic.clients.messages import send_message
from clinic.models import Client
from clinic.models.message import MAX_TEXT


class MessageForm(IdempotentForm):
    """The text of a message."""

    text = forms.CharField(
        label=gettext_lazy("Message"),
        required=False,  # the service refuses an empty one
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "required": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
def write(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the form, or send ``text`` and return to the page in ``next``."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    by = access.find_practitioner(request, client)
    return_url = get_return_url(request, f"{reverse('plumbline:client', args=[client.pk])}#messages")
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text, form_key = form.cleaned_data["text"], form.cleaned_data["form_key"]
        if form.call(lambda: send_message(client, text, by=by, form_key=form_key)) is not None:
            messages.success(request, _("%(name)s: the message is sent.") % {"name": client})
            return redirect_back(request, return_url)
    title = _("Write to %(name)s") % {"name": client}
    return render_page(request, "client/message.html", title, client=client, form=form, return_url=return_url)


ROUTES = [("clients/<int:pk>/message/", write, "message")]
