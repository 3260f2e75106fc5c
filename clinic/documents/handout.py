"""The handout: steps, dose, gauge, warning signs and the clinic's phone, as PDF/UA-1."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import segno
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, override

from clinic import audit
from clinic.conf import conf
from clinic.documents import pdf
from clinic.dosage import text as dosage_text
from clinic.models import Prescription
from clinic.models.fields import zone
from clinic.pain.advice import render_call_now
from exercises import figure
from exercises.media_selection import select_photo
from exercises.models import Exercise

DISPOSITION = 'inline; filename="exercise-plan.pdf"'  # names no exercise: it shows in download lists

# Largest first: text in points, width of a step's picture in millimetres. Nothing is printed smaller than 10 points.
_SIZES = ((11, 40), (11, 36), (11, 32), (10.5, 34), (10.5, 31), (10, 32), (10, 28))
_PAGES = 2


def print_handout(
    prescription: Prescription, *, by: AbstractBaseUser, paper: str = pdf.A4, language: str | None = None
) -> bytes:
    """Build the handout, and record in the audit that it was printed."""
    printed = build_handout(prescription, paper, language)
    with transaction.atomic():
        audit.record(by, audit.Verb.DOCUMENT_PRINTED, prescription, prescription.client.clinic)
    return printed


def build_handout(prescription: Prescription, paper: str = pdf.A4, language: str | None = None) -> bytes:
    """One prescription as it stands today, on one or two pages where the exercise is no longer than ours.

    Args:
        prescription: stored; its client, clinic, newest dose and exercise are read.
        paper: a key of pdf.PAPERS.
        language: a code out of settings.LANGUAGES; None: the client's.

    Returns:
        A tagged PDF which the compiler has checked against PDF/UA-1.

    Raises:
        ValidationError: another paper or language, by field.
        PdfError: the compiler refused it.
    """
    pdf.check_options(paper, language)
    language = language or prescription.client.language
    with override(language):
        content = {
            "paper": pdf.PAPERS[paper],
            "language": pdf.base_language(language),
            **_content(prescription, language),
        }
    # A photograph may be broken.
    without_photos = {**content, "steps": [{**step, "photo": ""} for step in content["steps"]]}
    return pdf.compile_first([content, without_photos], _fit_pages, f"the handout of prescription {prescription.pk}")


def _content(prescription: Prescription, language: str) -> dict[str, Any]:
    client, clinic, exercise = prescription.client, prescription.client.clinic, prescription.exercise
    dose, text = prescription.dose, exercise.text_in(language)
    day = date_format(dose.created_at.astimezone(zone(client.time_zone)), _("j F Y"))
    address = conf.base_url + reverse("clinic:today")
    names = {"name": client.name, "practitioner": prescription.prescribed_by.name, "day": day}
    return {
        "exercise_language": pdf.base_language(text.language),
        "clinic": clinic.name,
        "phone": clinic.phone,
        "accent": clinic.accent,
        "title": _("%(exercise)s: your plan") % {"exercise": text.name},
        "description": text.summary,
        "name": text.name,
        "recipient": _("For %(name)s, from %(practitioner)s. Plan of %(day)s.") % names,
        "notice": _notice(prescription),
        "plan_title": _("Your plan"),
        "plan": dosage_text.describe_dosage(dose, exercise, language),
        "variation": _variation(exercise, dose.variation, language),
        "gauge_title": _("Is it right for you?"),
        "gauge": text.gauge,
        "scale": [_("no pain"), _("worst imaginable")],
        "steps_title": _("Step by step"),
        "check": _("Check:"),
        "steps": [
            {
                "number": step.number,
                "title": step.title,
                "instruction": step.instruction,
                "cue": step.cue,
                "alt": step.shows or step.title,
                "svg": _picture(exercise, f"step-{step.number}"),
                "photo": _photo(exercise, step.number),
            }
            for step in exercise.steps_in(language)
        ],
        "stop_title": _("Stop and call us at once"),
        "signs_lead": _("Do not do the exercise if you answer yes to one of these:"),
        "signs": [precaution.sign for precaution in exercise.precautions_in(language) if precaution.reported],
        "emergency": render_call_now(client),
        "call_title": _("Call us"),
        "portal": _("Your own page: say how your pain was, and hear what it means."),
        "address": address,
        "qr": _qr(address),
        "qr_alt": _("A square code for the camera of a phone. It opens %(address)s") % {"address": address},
        "page_of": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def _notice(prescription: Prescription) -> str:
    phone = {"phone": prescription.client.clinic.phone}
    match prescription.state:
        case Prescription.State.HELD:
            return _("Paused. Do not do this exercise until your practitioner says so. Questions: %(phone)s.") % phone
        case Prescription.State.ENDED:
            return _("This plan is over. Ask before you do the exercise again: %(phone)s.") % phone
    return ""


def _variation(exercise: Exercise, code: str, language: str) -> dict[str, str] | None:
    """The prescribed variation; None: the exercise as it is."""
    variation = next((row for row in exercise.variations_in(language) if code and row.code == code), None)
    if variation is None:
        return None
    return {
        "title": _("Your way"),
        "name": variation.name,
        "how": variation.how,
        "alt": variation.shows or variation.name,
        "svg": _picture(exercise, f"way-{code}"),
    }


def _picture(exercise: Exercise, key: str) -> str:
    pose = exercise.pose(key)
    return figure.draw(pose, name=key, colours=figure.ON_PAPER) if pose else ""


def _photo(exercise: Exercise, number: int) -> str:
    """The clinic's own picture of a step, inside an SVG: so it comes as text, as the drawings do."""
    photo = select_photo(exercise, number)
    if photo is None or not photo.uploaded:
        return ""
    try:
        with photo.file.open() as file:
            content = base64.b64encode(file.read()).decode()
    except FileNotFoundError:
        return ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">'
        f'<image width="400" height="300" href="data:{photo.content_type};base64,{content}"/></svg>'
    )


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, dark="#1d2a2e", xmldecl=False)
    return drawn.getvalue().decode()


def _fit_pages(content: Mapping[str, Any]) -> bytes:
    """Set as large as two pages allow."""
    printed = b""
    for size, picture in _SIZES:
        printed = pdf.compile_pdf("handout.typ", {**content, "size": size, "picture": picture})
        if pdf.count_pages(printed) <= _PAGES:
            break
    return printed
