"""The summary for the next visit: what a client and a practitioner talk about, on accessible paper."""

import datetime as dt
import itertools
import re

import pytest
import typst
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from clinic.documents.pdf import PAPERS, PdfError, count_pages
from clinic.documents.summary import build_summary
from clinic.models import Client
from clinic.pain import reporting
from clinic.portal.progress.page import load_progress
from clinic.prescriptions import prescribing
from tests import make
from tests.documents import printed
from tests.documents.test_handout import SIZES, in_order

DAY = dt.timedelta(days=1)
NASTY = r'#panic("x") *a* _b_ $x^2$ `c` @d <e> \f // g /* h */ {{ i }} [j] "n"'


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def plan(cast, now):
    return make.prescription(cast.dana, now=now - 40 * DAY, starts_on=(now - 40 * DAY).date())


def sheet(plan, paper="a4"):
    return build_summary(load_progress(plan, timezone.now()), paper)


@pytest.mark.parametrize("paper", PAPERS)
def test_it_is_pdf_ua_on_the_paper_that_was_asked_for(plan, paper):
    make.report(plan, 4, 3)
    pdf = sheet(plan, paper)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/MarkInfo<</Marked true" in pdf
    assert set(re.findall(rb"/MediaBox\[0 0 ([\d.]+ [\d.]+)\]", pdf)) == {SIZES[paper]}
    assert b"/S/TH" in pdf  # the table says which cells are its headers


def test_headings_lead_through_it_in_order_and_skip_no_level(plan):
    make.report(plan, 4, 3, note="Stiff.")
    found = printed.headings(sheet(plan))
    assert found[0] == (1, "Summary for the next visit")
    assert all(here <= before + 1 for (before, _), (here, _) in itertools.pairwise(found))
    assert [title.split(" from ")[0] for level, title in found if level == 2] == [
        "The plan: Forward bend", "Pain", "Week by week", "Warning signs", "Notes", "To talk about",
    ]  # fmt: skip


def test_its_picture_says_in_words_what_it_shows(plan):
    make.report(plan, 4, 3)
    (shown,) = printed.pictures(sheet(plan))
    assert "Pain between 4 and 4." in shown


def test_whatever_was_told_is_on_it_in_order(plan, cast, now):
    stored = make.report(plan, 6, 7, at=now - 2 * DAY, next_morning=5, note="Stiff until ten.").report
    make.report(plan, 5, at=now - DAY, warning_signs=("leg_weakness",))
    reporting.correct_report(stored, {"after": 4}, reason="I pressed the wrong number", by=cast.dana.user)
    sign = next(one.sign for one in make.exercise().precautions_in("en") if one.code == "leg_weakness")
    in_order(
        printed.text(sheet(plan)),
        "Riverside Physio", "555 0100", "Dana, with Alice.", "Every day at 18:00.", "You told us of a warning sign.",
        "Week by week", "Warning signs", f"Yes to: {sign}",
        "Notes", "Stiff until ten.", "Corrected afterwards", "Pain after: from 7 to 4", "I pressed the wrong number",
        "To talk about",
    )  # fmt: skip


def test_a_new_client_gets_a_sheet_without_a_picture(plan):
    pdf = sheet(plan)
    assert printed.pictures(pdf) == []
    assert count_pages(pdf) == 1
    assert "Nothing was reported yet." in printed.text(pdf)


def test_a_year_of_two_reports_a_day_is_the_last_twelve_weeks(cast, now):
    plan = make.prescription(cast.dana, now=now - 365 * DAY, starts_on=(now - 365 * DAY).date())
    for half_days in range(2, 260):
        make.report(plan, 4, 3, at=now - half_days * DAY / 2, note=f"Note {half_days}.")
    text = printed.text(sheet(plan))
    assert "Note 2." in text
    assert "Note 21." in text
    assert "Note 22." not in text
    assert "earlier notes are left out." in text
    assert count_pages(sheet(plan)) <= 3


def test_a_paused_and_an_ended_plan_say_so_and_the_reason_stays_the_practitioners(plan, cast):
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="Private reason.")
    assert "On hold since" in printed.text(sheet(plan))
    prescribing.end_prescription(plan, by=cast.alice.user, reason="Private reason.")
    text = printed.text(sheet(plan))
    assert "This plan ended on" in text
    assert "Private reason" not in text


def test_what_somebody_wrote_is_never_markup(plan, cast):
    Client.objects.filter(pk=cast.dana.pk).update(name=NASTY)
    plan.client.refresh_from_db()
    make.report(plan, 4, 3, note=NASTY + "\x07 \U0001f600 痛い")
    text = "".join(printed.text(sheet(plan)).split())
    assert text.count("".join(NASTY.split())) == 2


def test_it_speaks_the_clients_language_in_the_exercises_own_words(cast, now):
    luz = make.prescription(make.client(cast.alice, "Luz", language="es"))
    with override("es"):
        assert "Flexión hacia delante" in printed.text(sheet(luz))


def test_another_paper_is_refused_by_name(plan):
    with pytest.raises(ValidationError) as raised:
        sheet(plan, "a5")
    assert set(raised.value.message_dict) == {"paper"}


def test_what_the_compiler_refuses_is_told_without_a_word_of_the_record(plan, monkeypatch):
    def refuse(*_args, **_given):
        raise typst.TypstError("the text “Dana” could not be displayed", "")

    monkeypatch.setattr(typst, "compile", refuse)
    with pytest.raises(PdfError) as raised:
        sheet(plan)
    assert str(raised.value) == f"typst refuses the summary of prescription {plan.pk}"
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)
