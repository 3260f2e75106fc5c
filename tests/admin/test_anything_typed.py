"""Whatever is typed or stands in the address: a page that says what is wrong and what to do, and keeps the words."""

from html import unescape

import pytest

from clinic.clients import handover
from clinic.models import Flag, FlagEvent, Message, Note, Prescription
from clinic.prescriptions import prescribing
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import flash_messages, page_text, signed_in, url
from tests.admin.prescribing.form_answers import dose, screening

LONG = "Ä" * 10_000


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.mark.parametrize(("page", "most"), [("note", "4000"), ("message", "1000")])
def test_too_much_is_refused_whole_says_how_much_and_keeps_it(cast, alice, page, most):
    answer = alice.post(url(page, cast.dana.pk), {"text": LONG})
    assert most in answer.context["form"].errors["text"][0]
    assert LONG in answer.content.decode()
    assert not Note.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n\t ", None])
@pytest.mark.parametrize("page", ["note", "message"])
def test_nothing_is_refused_with_what_to_do(cast, alice, page, text):
    answer = alice.post(url(page, cast.dana.pk), {} if text is None else {"text": text})
    assert "Write something first." in page_text(answer)
    assert not Note.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("page", ["index", "clients"])
@pytest.mark.parametrize("q", ["%", "_", "'", '"', "''; --", "\\", "<script>", "100%", "ß", " "])
def test_a_search_takes_signs_as_they_are(cast, alice, page, q):
    answer = alice.get(url(page), {"q": q})
    assert answer.status_code == 200
    assert ("Dana" in page_text(answer)) == (q == " ")
    assert q.strip() in unescape(answer.content.decode())


@pytest.mark.parametrize("page", ["index", "clients"])
def test_a_search_of_two_thousand_signs_says_how_many_and_shows_everybody(cast, alice, page):
    answer = alice.get(url(page), {"q": "D" * 2000})
    assert "Name: write at most 120 characters. Everybody is shown." in page_text(answer)
    assert "Dana" in page_text(answer)


@pytest.mark.parametrize("number", ["abc", "999999", "9" * 400, "-1", "0", "1.5", "", "²"])
def test_a_page_that_there_is_not_is_the_nearest(cast, alice, number):
    for address in (url("index"), url("index") + "?q=d&", url("clients"), url("client", cast.dana.pk)):
        asked = {"page": number, "timeline": number, **({"q": "d"} if "q=" in address else {})}
        answer = alice.get(address.split("?")[0], asked)
        assert answer.status_code == 200
        assert "Dana" in page_text(answer)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "bad luck"}, "Reason: choose one of the list. Everybody is shown."),
        ({"who": "all"}, "The address of this page asks for something there is not. Everybody is shown."),
        ({"open": "dire"}, "The address of this page asks for something there is not. Everybody is shown."),
    ],
)
def test_a_filter_that_there_is_not_is_said_and_leaves_nobody_out(cast, alice, asked, message):
    answer = alice.get(url("index"), asked)
    assert message in page_text(answer)
    assert "Dana" in page_text(answer)


def test_a_client_handed_over_meanwhile_is_not_there_and_nothing_is_stored(cast, alice):
    flagged_clients.says(flagged_clients.plan(cast.dana), 1, 3, 8)
    plan, flag = Prescription.objects.get(), Flag.objects.get()
    olga = make.practitioner(cast.alice.clinic, "Olga", "owner")
    handover.hand_over_client(cast.dana, make.practitioner(cast.alice.clinic, "Nora"), by=olga, reason="Moved.")
    for address, form in (
        (url("message", cast.dana.pk), {"text": "Call me."}),
        (url("note", cast.dana.pk), {"text": "Called."}),
        (url("acknowledge", flag.pk), {}),
        (url("resolve", flag.pk), {"verdict": "real", "note": "Called."}),
        (url("resume", plan.pk), {"reason": "Better."}),
    ):
        assert alice.post(address, form).status_code == 404
    assert not Note.objects.exists()
    assert not Message.objects.exists()
    assert not FlagEvent.objects.exclude(verb=FlagEvent.Verb.RAISED).exists()


@pytest.mark.parametrize("sent", ["9" * 23, "9" * 5000, "1,x,²,-1", ",".join(map(str, range(1000))), "\0"])
def test_plans_named_in_a_hidden_field_that_there_are_not_are_left_out(cast, alice, sent):
    given = {**screening(), **dose(), "displayed_plans": sent}
    assert alice.post(url("prescribe", cast.dana.pk), {**given, "do": "back"}).status_code == 200
    assert alice.post(url("prescribe", cast.dana.pk), given).status_code == 302
    fay = make.client(cast.alice, "Fay")
    answer = alice.post(
        f"{url('prescribe_several')}?client={fay.pk}", {**screening(fay), **dose(), "displayed_plans": sent}
    )
    assert answer.status_code == 302
    assert Prescription.objects.count() == 2


@pytest.mark.parametrize("act", ["hold", "resume", "end"])
def test_an_exercise_that_ended_meanwhile_says_so(cast, alice, act):
    plan = flagged_clients.plan(cast.dana)
    prescribing.end_prescription(plan, by=cast.alice.user, reason="Done.")
    answer = alice.post(url(act, plan.pk), {"reason": "Too early."}, follow=True)
    assert "ended" in flash_messages(answer)[-1]
    assert Prescription.objects.get().state == Prescription.State.ENDED
