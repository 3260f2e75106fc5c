"""The sheet of paper that a client takes home: pictures, dose, gauge, safety signs, the clinic's phone; a PDF/UA-1."""

from __future__ import annotations

import base64
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from clinic import audit
from clinic.conf import conf
from clinic.models import Prescription
from clinic.models.fields import zone
from clinic.records import dose_words
from clinic.records.advice import call_now
from exercises import figure
from exercises.models import Exercise
from exercises.showing import photo_of

MEDIA_TYPE = "application/pdf"
DISPOSITION = 'inline; filename="exercise-plan.pdf"'  # names no exercise: it shows in download lists
A4 = "a4"
PAPERS = {A4: "a4", "letter": "us-letter"}  # typst's names

_HERE = Path(__file__).parent
# Largest first: text in points, width of a step's picture in millimetres. Nothing is printed smaller than 10 points.
_SIZES = ((11, 40), (11, 36), (11, 32), (10.5, 34), (10.5, 31), (10, 32), (10, 28))
_PAGES = 2
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")  # and the control characters, which no font draws
# What the fonts of ours and typst's may not draw.
_UNSURE = re.compile(r"[^\x20-\u024f\u0370-\u04ff\u1e00-\u1eff\u2010-\u2027\u20ac]")


class HandoutError(RuntimeError):
    """The PDF could not be made; the message names the row and nothing of what stands in it."""


def hand_out(
    prescription: Prescription, *, by: AbstractBaseUser, paper: str = A4, language: str | None = None
) -> bytes:
    """The handout, for somebody: `handout`, and an entry in the audit that it was printed."""
    printed = handout(prescription, paper, language)
    with transaction.atomic():
        audit.record(by, "printed", prescription, prescription.client.clinic)
    return printed


def handout(prescription: Prescription, paper: str = A4, language: str | None = None) -> bytes:
    """One prescription as it stands today, on one or two pages where the exercise is no longer than ours.

    Args:
        prescription: stored; its client, clinic, newest dose and exercise are read.
        paper: a key of PAPERS.
        language: a code out of settings.LANGUAGES; None: the client's.

    Returns:
        A tagged PDF which the compiler has checked against PDF/UA-1.

    Raises:
        ValidationError: another paper or language, by field.
        HandoutError: the compiler refused it.
    """
    languages = [code for code, _name in settings.LANGUAGES]
    if paper not in PAPERS:
        raise ValidationError({"paper": _("Use one of: %(known)s.") % {"known": ", ".join(PAPERS)}})
    if language is not None and language not in languages:
        raise ValidationError({"language": _("Use one of: %(known)s.") % {"known": ", ".join(languages)}})
    spoken = language or prescription.client.language
    with override(spoken):
        content = {"paper": PAPERS[paper], "language": _bare(spoken), **_content(prescription, spoken)}
    content = _each(content, _SPACES, " ")
    bare = {**content, "steps": [{**step, "photo": ""} for step in content["steps"]]}
    # A photograph may be broken, and mostly it is a name in a script for which this machine has no font.
    for tried in (content, bare, _each(content, _UNSURE, "?"), _each(bare, _UNSURE, "?")):
        try:
            return _fitted(tried)
        except typst.TypstError:
            continue
    # Without its cause, which may quote the record: this goes into a log.
    raise HandoutError(f"typst refuses the handout of prescription {prescription.pk}")


def _content(prescription: Prescription, language: str) -> dict[str, Any]:
    client, clinic, exercise = prescription.client, prescription.client.clinic, prescription.exercise
    dose, words = prescription.dose, exercise.words(language)
    day = date_format(dose.made_at.astimezone(zone(client.time_zone)), _("j F Y"))
    address = conf.base_url + reverse("clinic:today")
    told = {"name": client.name, "practitioner": prescription.prescribed_by.name, "day": day}
    return {
        "spoken": _bare(words.language),
        "clinic": clinic.name,
        "phone": clinic.phone,
        "accent": clinic.accent,
        "title": _("%(exercise)s: your plan") % {"exercise": words.name},
        "about": words.summary,
        "name": words.name,
        "whose": _("For %(name)s, from %(practitioner)s. Plan of %(day)s.") % told,
        "notice": _notice(prescription),
        "plan_title": _("Your plan"),
        "plan": dose_words.rows(dose, exercise, language),
        "way": _way(exercise, dose.variation, language),
        "gauge_title": _("Is it right for you?"),
        "gauge": words.gauge,
        "scale": [_("no pain"), _("worst imaginable")],
        "steps_title": _("Step by step"),
        "check": _("Check:"),
        "steps": [
            {
                "number": step.number,
                "title": step.title,
                "instruction": step.instruction,
                "cue": step.cue,
                "shows": step.shows or step.title,
                "svg": _picture(exercise, f"step-{step.number}"),
                "photo": _photo(exercise, step.number),
            }
            for step in exercise.steps_in(language)
        ],
        "stop_title": _("Stop and call us at once"),
        "signs_lead": _("Do not do the exercise if you answer yes to one of these:"),
        "signs": [precaution.sign for precaution in exercise.precautions_in(language) if precaution.reported],
        "emergency": call_now(clinic.phone),
        "call_title": _("Call us"),
        "portal": _("Your own page: say how your pain was, and hear what it means."),
        "address": address,
        "qr": _qr(address),
        "qr_shows": _("A square code for the camera of a phone. It opens %(address)s") % {"address": address},
        "page_of": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def _bare(code: str) -> str:
    """ "es" of "es-mx": typst takes no more."""
    return code.partition("-")[0]


def _notice(prescription: Prescription) -> str:
    phone = {"phone": prescription.client.clinic.phone}
    match prescription.state:
        case Prescription.State.HELD:
            return _("Paused. Do not do this exercise until your practitioner says so. Questions: %(phone)s.") % phone
        case Prescription.State.ENDED:
            return _("This plan is over. Ask before you do the exercise again: %(phone)s.") % phone
    return ""


def _way(exercise: Exercise, code: str, language: str) -> dict[str, str] | None:
    """The easier way that was chosen; None: the exercise as it is."""
    way = next((way for way in exercise.variations_in(language) if code and way.code == code), None)
    if way is None:
        return None
    return {
        "title": _("Your way"),
        "name": way.name,
        "how": way.how,
        "shows": way.shows or way.name,
        "svg": _picture(exercise, f"way-{code}"),
    }


def _picture(exercise: Exercise, key: str) -> str:
    pose = exercise.pose(key)
    return figure.draw(pose, name=key, colours=figure.ON_PAPER) if pose else ""


def _photo(exercise: Exercise, number: int) -> str:
    """The clinic's own picture of a step, inside an SVG: so it comes as text, as the drawings do."""
    photo = photo_of(exercise, number)
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


def _each(content: Any, found: re.Pattern[str], put: str) -> Any:
    """The same, with ``put`` for what is found in each text; pictures are left alone."""
    if isinstance(content, dict):
        return {
            key: part if key in {"svg", "photo", "qr"} else _each(part, found, put) for key, part in content.items()
        }
    if isinstance(content, list):
        return [_each(part, found, put) for part in content]
    return found.sub(put, content) if isinstance(content, str) else content


def _fitted(content: dict[str, Any]) -> bytes:
    """Set as large as two pages allow."""
    printed = b""
    for size, picture in _SIZES:
        printed = _set({**content, "size": size, "picture": picture})
        if pages(printed) <= _PAGES:
            break
    return printed


def _set(content: dict[str, Any]) -> bytes:
    return typst.compile(
        str(_HERE / "handout.typ"),
        root=str(_HERE),
        format="pdf",
        font_paths=_fonts(),
        pdf_standards=["ua-1"],
        sys_inputs={"handout": json.dumps(content)},
    )


def pages(printed: bytes) -> int:
    """How many pages a PDF has that typst wrote."""
    return int(max(re.findall(rb"/Type */Pages */Count (\d+)", printed), default=b"0", key=int))


@cache
def _fonts() -> typst.Fonts:
    """Ours first, so that the sheet looks the same everywhere; the machine's own for scripts that ours have not."""
    return typst.Fonts(font_paths=[str(_HERE / "fonts")])
