"""The table shown as it is: for an owner, who did what."""

import pytest

from clinic.models import AuditEntry, Practitioner
from tests import make
from tests.admin.door import signed_in, url, words


@pytest.fixture
def olga(cast):
    make.report(make.prescription(cast.dana), 4, 3)
    return signed_in(make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER))


def test_the_owner_reads_who_did_what_by_name(olga):
    page = words(olga.get(url("clinic_auditentry_changelist")))
    assert "Alice prescribed prescription" in page
    assert "Dana reported painreport" in page


def test_the_owner_of_another_clinic_reads_none_of_it(cast, olga):
    charlie = signed_in(cast.charlie)
    page = charlie.get(url("clinic_auditentry_changelist"))
    assert page.status_code == 200
    assert "Dana" not in words(page)
    entry = AuditEntry.objects.filter(clinic=cast.alice.clinic).first()
    answer = charlie.get(url("clinic_auditentry_change", entry.pk), follow=True)
    assert "Alice" not in words(answer)
    assert "does" in words(answer)  # “… doesn’t exist”, on the first page


def test_a_practitioner_does_not_read_it(cast, olga):
    assert signed_in(cast.alice).get(url("clinic_auditentry_changelist")).status_code == 403


@pytest.mark.parametrize("name", ["add", "delete"])
def test_nobody_adds_or_deletes_an_entry(olga, name):
    pk = [AuditEntry.objects.first().pk] if name == "delete" else []
    before = AuditEntry.objects.count()
    assert olga.post(url(f"clinic_auditentry_{name}", *pk), {"post": "yes"}).status_code == 403
    assert AuditEntry.objects.count() == before


def test_nobody_changes_an_entry(olga):
    entry = AuditEntry.objects.first()
    assert olga.post(url("clinic_auditentry_change", entry.pk), {"verb": "lied"}).status_code == 403
    entry.refresh_from_db()
    assert entry.verb != "lied"


def test_the_number_of_queries_does_not_grow_with_the_entries(cast, olga, django_assert_max_num_queries):
    counts = []
    for round_ in range(2):
        for number in range(10):
            make.invited(cast.bob, f"Client{round_}{number}")
        with django_assert_max_num_queries(20) as asked:
            olga.get(url("clinic_auditentry_changelist"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
