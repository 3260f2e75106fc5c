"""Lists come in pages; what stands after the question mark is known or refused."""

import pytest

from clinic.api.viewsets import Pages
from tests import make
from tests.api.calls import Program, errors_of

LISTS = ["clients/", "exercises/", "prescriptions/", "pain-reports/", "flags/", "worklist/"]


@pytest.fixture
def alice(cast):
    return Program(cast.alice)


@pytest.fixture
def pages_of_two(monkeypatch):
    monkeypatch.setattr(Pages, "page_size", 2)


def test_the_pages_together_are_the_whole_list_once(alice, cast, pages_of_two):
    for name in ("Ada", "Ben", "Cleo", "Fay"):
        make.client(cast.alice, name)
    seen, path = [], "clients/"
    while path:
        page = alice.get(path).json()
        assert page["count"] == 5
        seen += [row["name"] for row in page["results"]]
        path = (page["next"] or "").partition("/api/v1/")[2]
    assert seen == ["Ada", "Ben", "Cleo", "Dana", "Fay"]


def test_the_worklist_is_paged_in_order_of_need(alice, cast, pages_of_two):
    for name in ("Ada", "Ben"):
        make.client(cast.alice, name)
    make.report(make.prescription(cast.dana), 4, 7)
    first, second = (alice.get(f"worklist/?page={number}").json()["results"] for number in (1, 2))
    assert [row["client"]["name"] for row in [*first, *second]] == ["Dana", "Ada", "Ben"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("page", ["0", "-1", "2", "abc", "1.0", "", "9" * 5000, "1&page=1"])
def test_a_page_that_is_not_there_is_404(alice, cast, path, page):
    errors_of(alice.get(f"{path}?page={page}"), 404)


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_has_a_first_page(cast, path):
    page = Program(cast.charlie).get(f"{path}?page=1").json()
    assert page == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("flags/?state=foo", "state"),
        ("flags/?stat=open", "stat"),
        ("flags/?state=open&state=resolved", "state"),
        ("prescriptions/?state=open", "state"),
        ("prescriptions/?client=abc", "client"),
        ("prescriptions/?client=", "client"),
        ("pain-reports/?prescription=abc", "prescription"),
        ("pain-reports/?prescription=-1", "prescription"),
        ("pain-reports/?prescription=1.0", "prescription"),
        ("pain-reports/?prescription=%D9%A3", "prescription"),
        ("pain-reports/?prescription=" + "9" * 5000, "prescription"),
        ("clients/?search=x", "search"),
        ("worklist/?client=1", "client"),
    ],
)
def test_a_query_that_is_not_understood_is_refused_naming_it(alice, query, field):
    assert errors_of(alice.get(query)).keys() == {field}


@pytest.mark.parametrize(
    ("query", "field"), [("pain-reports/?prescription=999999", "prescription"), ("prescriptions/?client=0", "client")]
)
def test_an_unknown_number_in_a_query_is_404_naming_it(alice, query, field):
    assert errors_of(alice.get(query), 404).keys() == {field}


def test_prescriptions_can_be_of_one_client_and_one_state(alice, cast):
    bend = make.prescription(cast.dana)
    make.prescription(make.client(cast.alice, "Gus"))
    alice.post(f"prescriptions/{bend.pk}/hold/", {"reason": "Away."})
    assert alice.get("prescriptions/").json()["count"] == 2
    for query in (f"client={cast.dana.pk}", "state=held", f"client={cast.dana.pk}&state=held"):
        assert [row["id"] for row in alice.get(f"prescriptions/?{query}").json()["results"]] == [bend.pk]
    assert alice.get(f"prescriptions/?client={cast.dana.pk}&state=active").json()["count"] == 0
