"""A practitioner's day walked through: the one who got worse is looked after, three new ones get their plan."""

import pytest

from tests.walks import practitioner_day
from tests.walks.matrix import COVERING, EVERY, LONG
from tests.walks.walker import walk_through

pytestmark = pytest.mark.browser

FLOWS = [
    practitioner_day.come_by_the_mail,
    practitioner_day.look_at_the_client,
    practitioner_day.lower_the_dose,
    practitioner_day.resolve_the_flag,
    practitioner_day.read_what_was_done,
    practitioner_day.read_it_as_the_client,
    practitioner_day.invite_one,
    practitioner_day.bring_a_table,
    practitioner_day.prescribe_for_three,
]


# In `make test` those four that have each screen, both colours, both languages, with scripts and without.
@pytest.mark.parametrize("around", EVERY if LONG else COVERING[:4], ids=lambda around: around.name)
def test_a_working_day_goes_through_and_no_page_of_it_has_a_fault(browser, live_server, settings, around):
    settings.PLUMBLINE_BASE_URL = live_server.url
    settings.PLUMBLINE_TWO_FACTOR = False  # set-up and sign-in: tests/accounts/test_second_factor_in_a_browser.py
    walk_through(FLOWS, practitioner_day.opened(around.language), browser, around, live_server.url, pictures="work-")
