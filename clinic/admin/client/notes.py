"""Add a note on a client, and correct one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.rendering import render_page
from clinic.admin.service_form import IdempotentForm, ServiceForm
from clinic.clients.notes import add_note, correct_note
from clinic.models import Client, Note, Prescription
from clinic.models.note import MAX_TEXT


class NewNoteForm(IdempotentForm):
    """A note, and the exercise it is about, if any."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,  # the service refuses an empty one
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "required": True}),
    )
    about = forms.ModelChoiceField(
        label=gettext_lazy("About"),
        queryset=Prescription.objects.none(),
        required=False,
        empty_label=gettext_lazy("the client"),
    )

    def __init__(self, data: object, client: Client) -> None:
        super().__init__(data)
        about = self.fields["about"]
        assert isinstance(about, forms.ModelChoiceField)
        about.queryset = client.prescriptions.select_related("exercise").prefetch_related("exercise__texts")
        about.label_from_instance = lambda row: str(row.exercise)  # type: ignore[method-assign,assignment]


class CorrectionForm(ServiceForm):
    """The corrected text of a note."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,  # as above
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "required": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
def add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add a note about the client or one of the exercises."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    by = access.find_practitioner(request, client)
    form = NewNoteForm(request.POST if request.method == "POST" else None, client)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        note = form.call(lambda: add_note(client, data["text"], by=by, about=data["about"], form_key=data["form_key"]))
        if note is not None:
            return _redirect_to_notes(request, client, _("The note is kept."))
    return render_page(request, "client/note.html", _("Write a note"), client=client, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
def correct(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Replace a note by a corrected one; the note itself stays readable."""
    notes = Note.objects.visible_to(request.user).select_related("client__clinic", "by", "prescription")
    note = get_object_or_404(notes, pk=pk)
    by = access.find_practitioner(request, note.client)
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial={"text": note.text})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if form.call(lambda: correct_note(note, text, by=by)) is not None:
            return _redirect_to_notes(
                request, note.client, _("The note is corrected. What it said before stays below it.")
            )
    return render_page(request, "client/note.html", _("Correct a note"), client=note.client, form=form, note=note)


def _redirect_to_notes(request: HttpRequest, client: Client, done: str) -> HttpResponseRedirect:
    messages.success(request, done)
    return HttpResponseRedirect(f"{reverse('plumbline:client', args=[client.pk])}#notes")


ROUTES = [("clients/<int:pk>/notes/", add, "note"), ("notes/<int:pk>/", correct, "correct_note")]
