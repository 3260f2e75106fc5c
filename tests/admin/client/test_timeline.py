"""Everything that was done about one client, by whom and when, in plain words, the newest first."""

import datetime as dt

import pytest

from clinic.clients import departure, messages as client_messages, notes as client_notes
from clinic.documents import data_export
from clinic.flags import escalation, lifecycle, rule_tuning
from clinic.models import Flag, Practitioner
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from tests import make
from tests.admin.browsing import page_text, signed_in, url


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def timeline_text(browser, client, **asked):
    """The page's words from the timeline on."""
    page = page_text(browser.get(url("client", client.pk), asked))
    return page[page.index("Everything that was done") :]


def test_each_act_is_one_line_with_its_reason(cast, alice):
    plan = make.prescription(cast.dana)
    prescribing.amend_prescription(plan, make.dose(sets=3), by=cast.alice, reason="She is ready.")
    outcome = make.report(plan, 4, 8)
    reporting.correct_report(outcome.report, {"before": 5}, reason="Mistyped.", by=cast.dana.user)
    flag = outcome.flags[0]
    escalation.escalate_flags(flag.raised_at + dt.timedelta(days=2))
    lifecycle.acknowledge_flag(flag, by=cast.alice.user)
    lifecycle.resolve_flag(flag, by=cast.alice.user, note="Called her.", verdict=Flag.Verdict.REAL)
    plan.refresh_from_db()
    prescribing.resume_prescription(plan, by=cast.alice.user, reason="Seen today.")
    rule_tuning.set_client_rule_settings(
        cast.dana, sensitivity="few", smallest_rise=2.0, reason="Her days differ.", by=cast.alice
    )
    note = client_notes.add_note(cast.dana, "Left knee.", by=cast.alice)
    client_notes.correct_note(note, "Right knee.", by=cast.alice)
    message = client_messages.send_message(cast.dana, "Come by.", by=cast.alice)
    client_messages.mark_read(message, by=cast.dana.user)
    alice.get(url("handout", plan.pk))
    data_export.export_data(cast.dana, by=cast.dana.user)
    prescribing.end_prescription(plan, by=cast.alice.user, reason="All better.")
    page = timeline_text(alice, cast.dana) + timeline_text(alice, cast.dana, timeline=2)
    for line in (
        "Alice invited the client",
        "Dana joined and agreed to the terms",
        "Alice prescribed Forward bend: Every day at 18:00, 1 set, hold 30 s",
        "Alice changed Forward bend to Every day at 18:00, 3 sets, hold 30 s She is ready.",
        "the rules held Forward bend",
        "the rules raised flag 1: exercise hurts Pain went from 4 to 8",
        "the rules told the owner of flag 1, as nobody had looked",
        "Alice acknowledged flag 1",
        "Alice resolved flag 1 Called her.",
        "Alice resumed Forward bend Seen today.",
        "Alice set how finely the rule listens: few false flags: later, from 2 points up Her days differ.",
        "Alice wrote a note Left knee.",
        "Alice corrected a note Right knee.",
        "Alice sent a message Come by.",
        "Dana read the message of",
        "Dana corrected pain before in the report of",
        "4, now 5 Mistyped.",
        "Alice made a PDF of Forward bend: handout or summary",
        "Dana took out all of the client's data as a file",
        "Alice ended Forward bend All better.",
    ):
        assert line in page, line


def test_the_newest_comes_first_and_twenty_fill_a_page(cast, alice):
    for number in range(21):
        client_notes.add_note(cast.dana, f"Number {number}.", by=cast.alice)
    first, second = timeline_text(alice, cast.dana), timeline_text(alice, cast.dana, timeline=2)
    assert first.index("Number 20.") < first.index("Number 2.")
    assert "Alice invited the client" not in first
    assert "Alice invited the client" in second
    assert "Number 0." in second


def test_a_page_that_is_none_is_the_nearest(cast, alice):
    for wanted in ("0", "99", "-1", "x", "9" * 30):
        assert "Alice invited the client" in timeline_text(alice, cast.dana, timeline=wanted)
        assert alice.get(url("client", cast.dana.pk), {"page": wanted}).status_code == 200


def test_times_are_the_clients_own(cast, alice):
    type(cast.dana).objects.filter(pk=cast.dana.pk).update(time_zone="Asia/Tokyo")
    at = dt.datetime(2026, 3, 2, 20, 30, tzinfo=dt.UTC)
    client_notes.add_note(cast.dana, "Late.", by=cast.alice, now=at)
    assert "3 Mar 2026, 05:30 Alice wrote a note Late." in timeline_text(alice, cast.dana)


def test_a_colleague_is_named_and_nobody_of_another_clients_story_is_in_it(cast):
    owner = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    client_notes.add_note(cast.dana, "Seen with Alice.", by=owner)
    client_notes.add_note(cast.erin, "Zebrafish.", by=cast.bob)
    page = timeline_text(signed_in(cast.alice), cast.dana)
    assert "Olga wrote a note Seen with Alice." in page
    assert "Zebrafish" not in page


def test_leaving_and_erasing_are_in_it(cast, alice):
    departure.leave_clinic(cast.dana, by=cast.dana.user)
    assert "Dana left the clinic" in timeline_text(alice, cast.dana)
    departure.erase_client(cast.dana)
    page = timeline_text(alice, cast.dana)
    assert "the operator erased who the client was" in page
    assert "Dana" not in page
