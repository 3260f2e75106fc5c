"""A client walks every flow of the portal: phone and desk, light and dark, both languages, with scripts or without."""

import pytest

from tests.walks import client_day, client_reads, client_settings, story, ways_in
from tests.walks.matrix import WALKED
from tests.walks.walker import walk_through

pytestmark = pytest.mark.browser

FLOWS = [
    ways_in.register,
    ways_in.accept_the_invitation,
    ways_in.answer_from_the_mail,
    ways_in.stop_reminders_from_the_mail,
    ways_in.lose_the_way,
    ways_in.forget_the_password,
    client_day.tell_a_warning_sign,
    client_day.find_nothing_to_do,
    client_day.read_a_message,
    ways_in.sign_out,
    ways_in.sign_in,
    client_day.tell_the_morning_after,
    client_day.do_the_exercise,
    client_day.report_pain,
    client_day.correct_the_answer,
    client_reads.see_how_it_goes,
    client_reads.read_what_was_told,
    client_reads.read_about_the_exercise,
    client_settings.choose_reminders,
    client_settings.set_the_hours,
    client_settings.speak_another_language,
    client_settings.change_how_to_sign_in,
    client_settings.take_the_data_and_leave,
]


@pytest.fixture
def people(request, live_server, settings):
    settings.PLUMBLINE_BASE_URL = live_server.url
    return story.play_story(request.getfixturevalue("around").language)


@pytest.mark.parametrize("around", WALKED, ids=lambda around: around.name)
def test_every_flow_goes_through_and_no_page_of_it_has_a_fault(browser, live_server, people, around):
    walk_through(FLOWS, people, browser, around, live_server.url, timezone_id=people.dana.time_zone)
