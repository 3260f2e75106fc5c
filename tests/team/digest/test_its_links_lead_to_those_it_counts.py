"""Each number of the daily mail is a link to the worklist with exactly those clients on it, whoever gets the mail."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from clinic.flags import lifecycle
from clinic.flags.lifecycle import raise_flag
from clinic.models import Flag, Practitioner
from clinic.team import absences
from clinic.team.digest import counts as digest_counts, mail as digest_mail
from tests import make
from tests.admin.browsing import signed_in, url

KINDS = [
    (Flag.Kind.RED_FLAG, Flag.Severity.URGENT),
    (Flag.Kind.WORSENING, Flag.Severity.HIGH),
    (Flag.Kind.SILENT, Flag.Severity.HIGH),
    (Flag.Kind.UNDELIVERABLE, Flag.Severity.ROUTINE),
]


@pytest.fixture
def flags(cast):
    """Of Alice's: one of each kind, all of these but the first also seen already with somebody else. Of Bob's: one."""
    created = []
    for place, (kind, severity) in enumerate(KINDS):
        for number in range(2 if place else 1):
            plan = make.prescription(make.client(cast.alice, f"C{place}{number}"))
            created.append(raise_flag(None, kind, severity, "…", timezone.now(), prescription=plan))
            if number:
                lifecycle.acknowledge_flag(created[-1], cast.alice.user)
    raise_flag(None, *KINDS[1], "…", timezone.now(), prescription=make.prescription(cast.erin))
    return created


def linked_clients(who):
    """What the mail says in each of its lines, by the query of the link below it."""
    counts = digest_counts.count_for(who, None, timezone.now())
    text = digest_mail.build_digest_email(who, counts, "x@test", "http://test/stop").body
    return {query: words for words, query in re.findall(r"^(.+)\nhttps?://\S+/admin/\?(\S+)$", text, re.MULTILINE)}


def listed_clients(who, query):
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    return {row.client.name for row in signed_in(who).get(url("index"), asked).context["rows"]}


def test_each_number_leads_to_those_it_counts(cast, flags):
    found = linked_clients(cast.alice)
    assert {words: listed_clients(cast.alice, query) for query, words in found.items()} == {
        "4 clients need you to look.": {"C00", "C10", "C20", "C30"},
        "Urgent: 1": {"C00"},
        "High: 2": {"C10", "C20"},
        "Routine: 1": {"C30"},
        "1 of them has not been heard of for a while.": {"C20"},
    }


def test_who_has_several_reasons_counts_by_the_worst(cast, flags):
    raise_flag(None, *KINDS[3], "…", timezone.now(), prescription=flags[0].prescription)
    assert listed_clients(cast.alice, "open=routine") == {"C30"}
    lifecycle.acknowledge_flag(flags[0], cast.alice.user)
    assert listed_clients(cast.alice, "open=routine") == {"C00", "C30"}


def test_an_owner_is_led_to_the_own_clients(cast, flags):
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    own = make.prescription(make.client(olga, "Otto"))
    raise_flag(None, *KINDS[0], "…", timezone.now(), prescription=own)
    assert {words: listed_clients(olga, query) for query, words in linked_clients(olga).items()} == {
        "1 client needs you to look.": {"Otto"},
        "Urgent: 1": {"Otto"},
    }


def test_an_owner_is_led_to_those_of_a_colleague_whom_nobody_covers(cast, flags):
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    today = timezone.now().date()
    absences.add_absence(cast.bob, starts_on=today, ends_on=today, cover=None, by=cast.bob.user)
    assert {words: listed_clients(olga, query) for query, words in linked_clients(olga).items()} == {
        "1 client needs you to look.": {"Erin"},
        "High: 1": {"Erin"},
    }


def test_who_works_at_two_clinics_is_led_to_those_of_the_one_that_writes(cast, flags):
    there = make.practitioner(cast.charlie.clinic, "Alice there")
    Practitioner.objects.filter(pk=there.pk).update(user=cast.alice.user)
    there.refresh_from_db()
    zoe = make.prescription(make.client(there, "Zoe"))
    raise_flag(None, *KINDS[0], "…", timezone.now(), prescription=zoe)
    cast.alice.refresh_from_db()
    assert listed_clients(
        there, next(query for query, words in linked_clients(there).items() if "Urgent" in words)
    ) == {"Zoe"}
    assert listed_clients(
        cast.alice, next(query for query, words in linked_clients(cast.alice).items() if "Urgent" in words)
    ) == {"C00"}


def test_no_link_says_what_anybody_has(cast, flags):
    queries = " ".join(urlsplit(f"?{query}").query for query in linked_clients(cast.alice))
    assert set(re.findall(r"\w+", queries)) <= {
        "open",
        "any",
        "urgent",
        "high",
        "routine",
        "kind",
        "silent",
        "who",
        "mine",
    }


def test_the_page_says_to_what_it_is_narrowed_and_takes_it_back(cast, flags):
    page = signed_in(cast.alice).get(url("index"), {"open": "urgent", "q": "C"})
    pill = page.context["pills"][0]
    assert (str(pill.label), pill.on, pill.link) == ("Not looked at: urgent", True, "?q=C")
    assert "Not looked at" not in signed_in(cast.alice).get(url("index")).content.decode()
