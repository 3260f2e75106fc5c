"""A client walks every flow of the portal: phone and desk, light and dark, both languages, with scripts or without."""

import pytest

from tests.walks import day, door, record, story, wishes
from tests.walks.matrix import WALKED
from tests.walks.walker import walk_through

pytestmark = pytest.mark.browser

FLOWS = [
    door.register,
    door.accept_the_invitation,
    door.answer_from_the_mail,
    door.stop_reminders_from_the_mail,
    door.lose_the_way,
    door.forget_the_password,
    day.tell_a_warning_sign,
    day.find_nothing_to_do,
    day.read_a_message,
    door.sign_out,
    door.sign_in,
    day.tell_the_morning_after,
    day.do_the_exercise,
    day.report_pain,
    day.correct_the_answer,
    record.see_how_it_goes,
    record.read_what_was_told,
    record.read_about_the_exercise,
    wishes.choose_reminders,
    wishes.set_the_hours,
    wishes.speak_another_language,
    wishes.change_how_to_sign_in,
    wishes.take_the_data_and_leave,
]


@pytest.fixture
def people(request, live_server, settings):
    settings.PLUMBLINE_BASE_URL = live_server.url
    return story.told(request.getfixturevalue("around").language)


@pytest.mark.parametrize("around", WALKED, ids=lambda around: around.name)
def test_every_flow_goes_through_and_no_page_of_it_has_a_fault(browser, live_server, people, around):
    walk_through(FLOWS, people, browser, around, live_server.url, timezone_id=people.dana.time_zone)
