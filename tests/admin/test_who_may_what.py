"""Who may open which page and do which act: every address of the practitioner site, every role, one table.

A new address gets one line. docs/security.md says the same in words.
"""

import pytest

from tests.admin.browsing import url
from tests.admin.people import EVERYBODY, INSIDE, NOBODY, OPENS, REFUSED, SIGN_IN, STAFF, Row, World, everything, routes

pytestmark = pytest.mark.any_database

ALL = tuple(INSIDE)
TEAM = ("owner", "own", "colleague", "shared", "desk")  # all who work at the client's clinic
TREATS = ("owner", "own", "shared")  # who may see and write this client's health data
NAMES = (*TREATS, "desk")  # who may know of this client
CLINICAL = ("owner", "own", "colleague", "shared", "other_owner")  # sees health data of somebody
DECIDES = ("owner", "own", "colleague", "shared")
OWNER = ("owner",)
AWAY = ("owner", "colleague", "shared")  # bob, whose absence it is
OWNERS = ("owner", "other_owner")
CHIEF = (STAFF,)

WHY = {"reason": "x", "note": "x", "verdict": "real", "sensitivity": "few", "smallest_rise": "2.0"}

TABLE = [
    # --- lists, which show each person their own
    Row("index", get=(*ALL, STAFF), staff=True),
    Row("clients", get=ALL),
    Row("registrants", get=ALL),
    Row("exercises", get=ALL),
    Row("flag_statistics", get=CLINICAL),
    # --- one client
    Row("client", "client", get=NAMES),
    Row("reminders", "client", get=NAMES),
    Row("mail", "client", get=TREATS),
    Row("rule_settings", "client", get=TREATS, post=TREATS),
    Row("rule_simulation", "client", get=TREATS),
    Row("prescribe", "client", get=TREATS, post=TREATS),
    # --- joining
    Row("invite", get=CLINICAL, post=CLINICAL),
    Row("resend_invitation", "invited", get=None, post=TREATS),
    Row("accept_registrant", "registrant", get=None, post=DECIDES),
    Row("decline_registrant", "registrant", get=None, post=DECIDES),
    Row("reconsider_registrant", "declined", get=None, post=DECIDES),
    Row("decide_registrants", get=None, post=CLINICAL),
    Row("import_clients", get=CLINICAL, post=CLINICAL),
    Row("confirm_import", get=None, post=()),  # nothing was looked at: test_import_page.py
    Row("download_import_errors", get=None, post=()),  # the same
    Row("import_example", get=CLINICAL),
    Row("resend_invitations", get=None, post=CLINICAL),
    Row("withdraw_invitations", get=CLINICAL, post=CLINICAL),
    Row("hand_over", get=CLINICAL, post=CLINICAL),
    # --- notes, messages
    Row("note", "client", get=TREATS, post=TREATS),
    Row("correct_note", "note", get=TREATS, post=TREATS),
    Row("message", "client", get=TREATS, post=TREATS),
    # --- a prescription
    Row("prescribe_several", get=CLINICAL, post=CLINICAL),
    Row("dose_templates", get=CLINICAL),
    Row("dose_template_add", get=(), post=()),  # for no exercise: test_dose_templates.py
    Row("dose_template_usual", get=None, post=CLINICAL, given={"exercise": "forward-bend"}),
    Row("dose_template", "dose", get=DECIDES, post=DECIDES),
    Row("dose_template_retire", "dose", get=None, post=DECIDES),
    Row("amend", "prescription", get=TREATS, post=TREATS),
    Row("hold", "prescription", get=TREATS, post=TREATS),
    Row("resume", "prescription", get=TREATS, post=TREATS),
    Row("end", "prescription", get=TREATS, post=TREATS),
    Row("handout", "prescription", get=TREATS),
    Row("summary", "prescription", get=TREATS),
    # --- a flag
    Row("acknowledge", "flag", get=None, post=TREATS),
    Row("resolve", "flag", get=TREATS, post=TREATS),
    # --- the library, which belongs to the site
    Row("exercise", "exercise", get=ALL),
    Row("exercise_add", get=CLINICAL, post=CLINICAL),
    Row("exercise_change", "words", get=CLINICAL, post=CLINICAL),
    Row("exercise_upload", "file", get=None, post=CLINICAL),
    Row("exercise_remove", "upload", get=None, post=()),  # there is none
    Row("exercise_publish", "exercise", get=None, post=CLINICAL),
    Row("exercise_withdraw", "exercise", get=None, post=CLINICAL),
    Row("exercise_feature", "exercise", get=None, post=OWNERS, refused=("own", "colleague", "shared")),
    # --- the team
    Row("team", get=OWNERS),
    Row("member_add", get=OWNERS, post=OWNERS),
    Row("member", "colleague", get=OWNER, post=OWNER, given={"role": "front_desk"}),
    Row("deactivate", "colleague", get=None, post=OWNER),
    Row("reactivate", "gone", get=None, post=OWNER),
    Row("resend_welcome", "colleague", get=None, post=OWNER),
    Row("reset_second_factor", "bob", get=("owner", STAFF), post=("owner", STAFF), staff=True),
    # --- the clinic, and one's own settings
    Row("clinic", get=ALL),
    Row("clinic_settings", "clinic", get=TEAM, post=OWNER, given={"card": "phones"}),
    Row("accent_preview", "clinic", get=OWNER),
    Row("dismiss_onboarding", "clinic", get=None, post=OWNER),
    Row("clinic_rule_settings", "clinic", get=OWNER, post=OWNER),
    Row("advice_text", "advice", get=OWNER, post=OWNER),
    Row("my_settings", get=ALL, post=ALL, given={"card": "profile"}),
    Row("member_settings", "colleague", get=OWNER, post=OWNER, given={"card": "absence"}),
    Row("digest_preview", "alice", get=("own",)),
    Row("change_absence", "absence", get=AWAY, post=AWAY),
    Row("end_absence", "absence", get=None, post=AWAY),
    # --- the site
    Row("clinics", get=CHIEF, staff=True),
    Row("clinic_add", get=CHIEF, post=CHIEF, staff=True),
    Row("revoke_access", "colleague", get=None, post=CHIEF, staff=True),
    Row("restore_access", "gone", get=None, post=CHIEF, staff=True),
    # --- who did what
    Row("audit_log", get=OWNERS),
    # --- Django's and unfold's own
    Row("search", get=ALL, post=ALL),
    Row("autocomplete", get=(), no=403),
    Row("jsi18n", get=ALL),
    Row("password_change", get=ALL, post=ALL),
    Row("password_change_done", get=ALL),
    Row("view_on_site", "elsewhere", get=(), post=()),
]
AT_THE_DOOR = {"login", "logout"}  # for everybody: test_sign_in.py


@pytest.fixture
def world(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return World(cast)


def answer(response):
    """OPENS, SIGN_IN, or the status."""
    if response.status_code == 302 and response["Location"].startswith(("/accounts/login/", url("login"))):
        return SIGN_IN
    return OPENS if response.status_code in {200, 302, 422} else response.status_code


def test_every_address_has_its_line_and_every_line_an_address():
    named = [row.name for row in TABLE]
    assert len(named) == len(set(named))
    assert set(named) | AT_THE_DOOR == routes()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_each_page_and_act_answers_as_the_table_says(world, row):
    errors = {}
    address = url(row.name, *world.rows[row.about])
    for who in EVERYBODY:
        for method in ("get", "post"):
            expected = row.expected(who, method)
            with world.as_for(who) as browser:
                before = everything() if expected != OPENS else None
                given = (row.given or WHY,) if method == "post" else ()
                outcome = answer(getattr(browser, method)(address, *given))
                if expected == REFUSED:
                    outcome = REFUSED if outcome == OPENS else outcome
                if outcome != expected:
                    errors[who, method] = f"{outcome}, not {expected}"
                if before is not None and everything() != before:
                    errors[who, method] = "changed something"
    assert not errors, "\n".join(f"{who} {method}: {what}" for (who, method), what in errors.items())


def test_nobody_is_left_out():
    assert set(EVERYBODY) == {*INSIDE, STAFF, "client", "registrant", "stranger", NOBODY}


def test_before_a_second_factor_is_shown_no_address_opens_to_who_sees_health_data(world, settings):
    settings.PLUMBLINE_TWO_FACTOR = True
    before, opened = everything(), []
    for row in TABLE:
        address = url(row.name, *world.rows[row.about])
        for who in ("owner", "own", "other_owner"):
            browser = world.browsers[who]
            answers = browser.get(address).status_code, browser.post(address, row.given or WHY).status_code
            opened += [(row.name, who, answers)] * (answers != (403, 403))
    assert opened == []
    assert everything() == before
