"""Where only a button leads: whoever comes there by sign-in or reload is told so, and nothing is done."""

from clinic.models import FlagEvent
from tests.admin import flagged_clients
from tests.admin.browsing import page_text, signed_in, url


def test_a_press_after_the_sign_in_ran_out_leads_back_to_a_page_that_says_so(cast, client):
    flag = next(iter(flagged_clients.of_every_kind(cast.alice).values()))
    way = client.post(url("acknowledge", flag.pk)).url
    assert url("acknowledge", flag.pk) in way
    page = signed_in(cast.alice).get(url("acknowledge", flag.pk))
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "Nothing was done." in page_text(page)
    assert f'href="{url("index")}"' in page.content.decode()
    assert not FlagEvent.objects.filter(flag=flag, verb=FlagEvent.Verb.ACKNOWLEDGED).exists()
