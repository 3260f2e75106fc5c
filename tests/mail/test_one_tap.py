"""The eleven numbers of a reminder: each opens the form with its number chosen, and none of them sends anything."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from clinic.mail import signed_links
from clinic.models import PainReport
from clinic.models.outbox import State
from clinic.prescriptions import prescribing
from clinic.reminders import sending
from tests import make
from tests.mail import post
from tests.portal.visit import stranger, words


@pytest.fixture
def row(cast):
    return post.due_reminder(cast.dana)


@pytest.fixture
def numbers(row):
    """The paths behind 0 to 10, in this order, as a mail program finds them."""
    return paths(sending.compose(row))


def paths(mail):
    found = re.findall(r'class="number" href="https?://[^/"]+([^"]+)"[^>]*>(\d+)</a>', post.html(mail))
    assert [number for _path, number in found] == [str(score) for score in range(11)]
    return [path for path, _number in found]


def chosen(response):
    """Field and value of each button that is on."""
    inputs = re.findall(r"<input [^>]*\bchecked\b[^>]*>", response.content.decode())
    return [(re.search(r'name="(\w+)"', one)[1], re.search(r'value="(\w+)"', one)[1]) for one in inputs]


def test_each_opens_the_form_with_its_number_chosen_and_nothing_else(numbers):
    for score, path in enumerate(numbers):
        assert chosen(stranger().get(path)) == [("before", str(score))]


def test_the_main_button_opens_it_with_none_chosen(row):
    mail = sending.compose(row)
    start = signed_links.build_path(signed_links.Purpose.REPORT, row.pk)
    assert f'{start}"' in re.search(r'<a class="button"[^>]*>', post.html(mail))[0]
    assert chosen(stranger().get(start)) == []


def test_a_scanner_that_follows_them_all_changes_nothing(row, numbers):
    with CaptureQueriesContext(connection) as queries:
        for path in numbers:
            for visit in (stranger().get, stranger().head):
                answer = visit(path)
                assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert [one["sql"] for one in queries if not one["sql"].lstrip().upper().startswith("SELECT")] == []
    row.refresh_from_db()
    assert (row.state, row.answered_by) == (State.READY, None)
    assert not PainReport.objects.exists()


def test_the_tap_on_save_sends_it(row, numbers):
    answer = stranger().post(numbers[4], {"did": "no", "before": "4"})
    assert answer.status_code == 302
    assert "?" not in answer["Location"]
    stored = PainReport.objects.get()
    assert (stored.before, stored.did_exercise, stored.reminder) == (4, False, row)


def test_what_is_chosen_on_the_page_counts_and_not_what_was_tapped(numbers):
    stranger().post(numbers[4], {"did": "yes", "before": "7", "after": "6"})
    stored = PainReport.objects.get()
    assert (stored.before, stored.after) == (7, 6)


def test_a_form_sent_back_keeps_what_was_chosen_on_it(numbers):
    answer = stranger().post(numbers[4], {"before": "7"})
    assert answer.status_code == 422
    assert chosen(answer) == [("before", "7")]


def test_who_may_have_done_the_exercise_already_is_asked_how_it_was_before(numbers):
    text = words(stranger().get(numbers[4]))
    assert "4 is chosen: your pain now. If you have done the exercise already, choose how it was before it." in text


def test_while_the_exercise_is_held_the_number_is_chosen_too(row, numbers, cast):
    prescribing.hold_prescription(row.schedule.prescription, by=cast.alice.user, reason="rest")
    answer = stranger().get(numbers[0])
    assert chosen(answer) == [("before", "0")]
    assert "Did you do your exercise?" not in words(answer)
    assert stranger().post(numbers[0], {"before": "0"}).status_code == 302


def test_no_address_tells_its_number(row, numbers):
    """Addresses end up in logs: they differ by letters that say nothing, and by others in the next mail."""
    tags = [re.fullmatch(r"/m/[^/?]+/\?a=([0-9a-f]{10})", path)[1] for path in numbers]
    assert len(set(tags)) == 11
    assert set(tags).isdisjoint(signed_links.build_score_tags(row.pk + 1))
    assert tags == signed_links.build_score_tags(row.pk)  # the same on a second attempt


@pytest.mark.parametrize("tag", ["", "4", "x", "ü", "%00", "0" * 10, "0" * 500])
def test_an_altered_number_opens_the_form_with_none_chosen(row, tag):
    answer = stranger().get(signed_links.build_path(signed_links.Purpose.REPORT, row.pk), {signed_links.SCORE: tag})
    assert (answer.status_code, chosen(answer)) == (200, [])


def test_the_number_of_another_mail_chooses_nothing(row):
    other = signed_links.build_score_tags(row.pk + 1)[3]
    assert (
        chosen(
            stranger().get(signed_links.build_path(signed_links.Purpose.REPORT, row.pk), {signed_links.SCORE: other})
        )
        == []
    )


def test_mails_sent_before_the_key_of_the_site_was_changed_still_choose(row, settings):
    tag = signed_links.build_score_tags(row.pk)[9]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert signed_links.build_score_tags(row.pk)[9] != tag
    assert signed_links.read_score(row.pk, tag) == 9


def test_the_numbers_of_two_clients_differ(cast, row):
    other = paths(post.reminder(make.client(cast.alice, "Frida")))
    assert set(other).isdisjoint(paths(sending.compose(row)))


def test_the_numbers_stand_in_their_order_where_one_reads_from_the_right(cast, settings):
    settings.LANGUAGES = [("en", "English"), ("he", "עברית")]
    cast.dana.language = "he"
    cast.dana.save()
    with override("he"):
        assert len(paths(post.reminder(cast.dana))) == 11
