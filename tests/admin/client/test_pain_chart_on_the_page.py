"""One client's pain drawn: flags with the numbers of the list, what lies behind them, and the same as a table."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from clinic.flags import lifecycle
from clinic.models import Client, Flag
from clinic.prescriptions import prescribing
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import page_text, signed_in, url


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def plan(cast):
    return flagged_clients.plan(cast.dana)


def shown(alice, plan):
    return alice.get(url("client", plan.client_id))


def drawing(page, size="wide"):
    """The one drawing of that size."""
    (found,) = re.findall(rf'<svg class="pain-chart chart-{size}".*?</svg>', page.content.decode(), re.DOTALL)
    return found


def count(page, part, size="wide"):
    return drawing(page, size).count(f'class="chart-{part}"')


def test_each_report_is_a_dot_in_the_wide_and_in_the_narrow_drawing(alice, plan):
    flagged_clients.calm(plan, 9, 1)
    page = shown(alice, plan)
    assert [count(page, "dot", size) for size in ("wide", "narrow")] == [9, 9]


def test_a_flag_has_the_same_number_on_the_chart_and_in_the_list(alice, plan):
    flagged_clients.says(plan, 20, 4, 8)
    first = Flag.objects.get()
    prescribing.resume_prescription(plan, by=plan.client.practitioner.user, reason="Seen.")
    lifecycle.resolve_flag(first, plan.client.practitioner.user, "Seen.", verdict="real")
    flagged_clients.says(plan, 0.1, 6, warning_signs=("leg_weakness",))
    page = shown(alice, plan)
    assert re.findall(r'class="chart-number(?:-past)?"[^>]*>(\d)<', drawing(page)) == ["1", "2"]
    assert "Needs a look Flag 2 urgent Said yes to" in page_text(page)
    assert "Resolved before Flag 1 high Pain went from 4 to 8" in page_text(page)
    assert [count(page, part) for part in ("mark", "mark-past")] == [1, 1]


def test_the_key_has_the_line_of_a_changed_dose_where_one_is_drawn(alice, plan, cast):
    flagged_clients.calm(plan, 9, 1)
    assert "the dose changed" not in page_text(shown(alice, plan))
    prescribing.amend_prescription(plan, make.dose(sets=2), by=cast.alice, reason="More.")
    page = shown(alice, plan)
    assert "the dose changed" in page_text(page)
    assert count(page, "change") == 1


def test_while_it_was_held_it_is_hatched(alice, plan):
    flagged_clients.calm(plan, 9, 1)
    assert "chart-span" not in drawing(shown(alice, plan))
    now, alices = timezone.now(), plan.client.practitioner.user
    prescribing.hold_prescription(plan, by=alices, reason="Rest.", now=now - 6 * flagged_clients.DAY)
    prescribing.resume_prescription(plan, by=alices, reason="Seen.", now=now - 3 * flagged_clients.DAY)
    prescribing.hold_prescription(plan, by=alices, reason="A fall.", now=now - flagged_clients.DAY)
    page = shown(alice, plan)
    assert count(page, "span") == 2
    assert ">held</text>" in drawing(page)


def test_the_reports_behind_a_flag_wear_a_ring_and_are_named_with_it(alice, plan):
    flagged_clients.rising(plan)
    flag = Flag.objects.get()
    page = shown(alice, plan)
    behind = flag.evidence.count()
    assert behind > 1
    assert count(page, "ring") == behind
    table = page.content.decode().split('class="pl-table pl-pain"', 1)[1].split("</table>", 1)[0]
    assert table.count("<td>1</td>") == behind
    assert "Behind it:" in page_text(page)


def test_a_new_dose_is_a_hairline_with_its_words(alice, plan):
    flagged_clients.calm(plan, 9, 5)
    prescribing.amend_prescription(
        plan, make.dose(sets=3, hold_seconds=20), by=plan.client.practitioner, reason="Eased.",
        now=timezone.now() - 4 * flagged_clients.DAY,
    )  # fmt: skip
    assert "3 × 20 s" in drawing(shown(alice, plan))


def test_the_table_says_what_was_usual_and_a_missing_answer_is_a_dash(alice, plan):
    flagged_clients.rising(plan)
    flagged_clients.says(plan, 0.01, None, 3)
    page = page_text(shown(alice, plan))
    assert re.search(r"\d+ \w+, \d\d:\d\d 6 → 6 \d\.\d \d\.\d ± \d\.\d 1", page)
    assert re.search(r"\d\d:\d\d – → 3 – –", page)
    assert "The same as a table When Before → after Last week Usual Flag" in page


def test_a_client_without_reports_has_no_empty_frame(alice, plan):
    page = shown(alice, plan)
    assert 'class="pain-chart' not in page.content.decode().split("<main", 1)[1]


def test_the_drawing_is_in_words_too_and_its_ids_are_its_own(alice, plan):
    flagged_clients.calm(plan, 5, 1)
    page = shown(alice, plan).content.decode()
    assert "5 reports since" in page
    assert "Pain between 2 and 4, last 4." in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_no_exercise_name_becomes_markup_in_the_drawing(alice, plan):
    flagged_clients.calm(plan, 3, 1)
    plan.exercise.texts.update(name="<script>x</script>")
    assert "<script>x" not in shown(alice, plan).content.decode()


def test_the_days_are_those_of_the_clients_own_zone(alice, plan):
    Client.objects.filter(pk=plan.client_id).update(time_zone="Pacific/Kiritimati")
    at = dt.datetime.now(dt.UTC).replace(hour=20, minute=15) - 3 * flagged_clients.DAY
    flagged_clients.says(plan, (timezone.now() - at) / flagged_clients.DAY, 4)
    there = at + dt.timedelta(hours=14)
    page = page_text(shown(alice, plan))
    assert f"{there.day} {there:%b}, {there:%H:%M} 4" in page


def test_the_page_leads_to_the_knobs_and_to_trying_others(alice, plan):
    page = shown(alice, plan)
    assert "How finely the rule listens Standard, from 1 point up" in page_text(page)
    assert all(
        f'href="{url(name, plan.client_id)}"' in page.content.decode() for name in ("rule_settings", "rule_simulation")
    )


def test_the_queries_do_not_grow_with_the_flags(alice, plan, django_assert_max_num_queries):
    counts, user = [], plan.client.practitioner.user
    for flags in (1, 5):
        for _flag in range(flags):
            flagged_clients.says(plan, 1, 4, 8)
            lifecycle.resolve_flag(Flag.objects.unresolved().get(), user, "Seen.", verdict="false")
        with django_assert_max_num_queries(36) as asked:
            shown(alice, plan)
        counts.append(len(asked))
    assert counts[0] == counts[1]
