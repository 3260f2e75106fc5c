"""The handout: one or two pages that a screen reader, a PDF reader and a printer can all make sense of."""

import datetime as dt
import itertools
import re

import pytest
import typst

from clinic.documents.handout import build_handout
from clinic.documents.pdf import PAPERS, PdfError, count_pages
from clinic.models import Client, Clinic
from clinic.prescriptions import prescribing
from tests import make
from tests.documents import printed

SIZES = {"a4": b"595.2756 841.8898", "letter": b"612 792"}
ENDLESS = "Maximiliana Wilhelmina Featherstonehaugh-Cholmondeley " * 2


def in_order(text, *parts):
    """Each part stands after the one before."""
    at = 0
    for part in parts:
        assert part in text[at:], part
        at = text.index(part, at) + len(part)


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, sets=2, variation="chair")


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_pdf_ua_on_two_pages_of_the_paper_that_was_asked_for(plan, paper, language):
    pdf = build_handout(plan, paper, language)
    assert pdf.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/MarkInfo<</Marked true" in pdf
    assert b"/Lang(%b)" % language.encode() in pdf
    assert count_pages(pdf) == 2
    assert set(re.findall(rb"/MediaBox\[0 0 ([\d.]+ [\d.]+)\]", pdf)) == {SIZES[paper]}


def test_the_compiler_refuses_what_is_not_accessible():
    """Or the test above would be about nothing."""
    with pytest.raises(typst.TypstError, match="alt text"):
        typst.compile(
            b'#set document(title: [x])\n#image(bytes("<svg xmlns=\'http://www.w3.org/2000/svg\'/>"), format: "svg")',
            format="pdf",
            pdf_standards=["ua-1"],
        )


def test_headings_lead_through_it_in_order_and_skip_no_level(plan):
    found = printed.headings(build_handout(plan))
    assert found[0] == (1, "Forward bend")
    assert all(here <= before + 1 for (before, _), (here, _) in itertools.pairwise(found))
    assert [title for level, title in found if level == 2] == [
        "Your plan", "Is it right for you?", "Step by step", "Stop and call us at once",
    ]  # fmt: skip
    steps = [title for level, title in found if level == 3]
    assert [re.split(r"\s+", title, maxsplit=1) for title in steps] == [
        [str(step.number), step.title] for step in make.exercise().steps_in("en")
    ]


def test_each_picture_says_what_it_shows(plan):
    exercise = make.exercise()
    shown = printed.pictures(build_handout(plan))
    chair = next(way for way in exercise.variations_in("en") if way.code == "chair")
    drawn = [step for step in exercise.steps_in("en") if exercise.pose(f"step-{step.number}")]
    assert shown[:-1] == [chair.shows or chair.name, *(step.shows or step.title for step in drawn)]
    assert shown[-1].endswith("It opens http://127.0.0.1:8000/portal/")
    assert len(drawn) == 10


def test_a_pdf_reader_gives_its_text_out_in_order(plan):
    exercise = make.exercise()
    steps = [part for step in exercise.steps_in("en") for part in (step.title, step.instruction, "Check:", step.cue)]
    signs = [precaution.sign for precaution in exercise.precautions_in("en") if precaution.reported]
    in_order(
        printed.text(build_handout(plan)),
        "Riverside Physio", "555 0100", "Forward bend", "For Dana, from Alice.",
        "Your plan", "When: Every day at 18:00.", "How much: 2 rounds.", "Your way: Hands on a chair seat.",
        "Is it right for you?", exercise.text_in("en").gauge, "no pain", "0 1 2 3 4 5 6 7 8 9 10", "worst imaginable",
        "Step by step", *steps,
        "Stop and call us at once", *signs, "Stop the exercise. Call 555 0100 now.", "emergency department.",
        "Call us", "555 0100", "http://127.0.0.1:8000/portal/",
    )  # fmt: skip
    assert len(steps) == 40
    assert len(signs) == 5


def test_it_speaks_the_clients_language_or_the_one_asked_for(cast):
    luz = make.prescription(make.client(cast.alice, "Luz", language="es"))
    assert printed.headings(build_handout(luz))[0] == (1, "Flexión hacia delante")
    assert printed.headings(build_handout(luz, language="en"))[0] == (1, "Forward bend")


def test_a_language_with_a_region_is_told_to_a_screen_reader_without_it(plan, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("es-mx", "Español (México)")]
    pdf = build_handout(plan, language="es-mx")
    assert b"/Lang(es)" in pdf
    assert printed.headings(pdf)[1] == (2, "Su plan")


def test_the_longest_plan_and_names_still_fit_on_two_pages(cast):
    Clinic.objects.update(name=ENDLESS, phone="+44 (0)20 7946 0000 ext. 1234 (weekdays)")
    client = make.client(make.practitioner(cast.alice.clinic, "Bartholomew"), "Long", language="es")
    client.name = ENDLESS
    client.save()
    times = [f"{hour:02}:30" for hour in range(8, 20)]
    plan = make.prescription(client, days=["mon", "tue", "wed", "thu", "fri", "sat"], times=times, variation="wall",
                             sets=20, hold_seconds=590)  # fmt: skip
    for paper in PAPERS:
        assert count_pages(build_handout(plan, paper)) == 2


def test_an_exercise_without_drawings_is_words_alone(plan):
    make.exercise().drawings.all().delete()
    pdf = build_handout(plan)
    assert len(printed.pictures(pdf)) == 1  # the code for the phone
    assert (3, "7 Bend at the waist") in [(level, " ".join(title.split())) for level, title in printed.headings(pdf)]


def test_a_sheet_of_a_held_or_ended_plan_says_so_at_the_top(plan, cast):
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="Numb foot.")
    held = printed.text(build_handout(plan))
    in_order(held, "Paused. Do not do this exercise until your practitioner says so.", "Your plan")
    assert "Numb foot" not in held
    prescribing.end_prescription(plan, by=cast.alice.user, reason="Done.")
    in_order(printed.text(build_handout(plan)), "This plan is over.", "Your plan")


def test_the_newest_dose_is_printed(plan, cast):
    prescribing.amend_prescription(
        plan, make.dose(times=["07:45"], mornings_allowed=True), by=cast.alice, reason="Asked."
    )
    text = printed.text(build_handout(plan))
    assert "Every day at 07:45." in text
    assert "two hours after you get up" not in text


def test_its_day_is_the_clients_own(cast):
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Asia/Tokyo")
    cast.dana.refresh_from_db()
    late = make.prescription(cast.dana, now=dt.datetime(2026, 11, 22, 20, 30, tzinfo=dt.UTC))
    assert "Plan of 23 November 2026." in printed.text(build_handout(late))


def test_what_the_compiler_refuses_is_told_without_a_word_of_the_record(plan, monkeypatch):
    def refuse(*_args, **_given):
        raise typst.TypstError("the text “Dana” could not be displayed", "")

    monkeypatch.setattr(typst, "compile", refuse)
    with pytest.raises(PdfError) as raised:
        build_handout(plan)
    assert str(raised.value) == f"typst refuses the handout of prescription {plan.pk}"
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)
