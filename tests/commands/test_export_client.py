"""`manage.py export_client ID`: the client's own zip, for the operator."""

import zipfile

import pytest
from django.core.management import CommandError, call_command

from clinic.documents import data_export
from clinic.models import AuditEntry
from tests import make


def export(*arguments):
    call_command("export_client", *arguments)


def test_the_same_zip_readable_by_its_owner_alone(cast, tmp_path):
    make.report(make.prescription(cast.dana), 4)
    target = tmp_path / "dana.zip"
    export(str(cast.dana.pk), "--to", str(target))
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist()[0] == "README.txt"
        assert len(archive.namelist()) == 9
    assert target.stat().st_mode & 0o777 == 0o600
    assert AuditEntry.objects.get(verb="data_exported").actor is None


def test_an_older_file_is_not_written_over(cast, tmp_path):
    target = tmp_path / "dana.zip"
    target.write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        export(str(cast.dana.pk), "--to", str(target))
    assert target.read_text() == "mine"
    assert not AuditEntry.objects.filter(verb="data_exported").exists()


def test_a_folder_that_is_not_there_is_named(cast, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        export(str(cast.dana.pk), "--to", str(tmp_path / "no" / "dana.zip"))


@pytest.mark.parametrize("number", ["987654", "0", "x", "-1"])
def test_a_number_that_is_nobodys(cast, number):
    with pytest.raises(CommandError):
        export(number)


def test_a_parcel_that_breaks_leaves_no_half_a_file(cast, tmp_path, monkeypatch):
    target = tmp_path / "dana.zip"

    def broken(_client):
        raise RuntimeError("broken")

    monkeypatch.setattr(data_export, "build_export", broken)
    with pytest.raises(RuntimeError):
        export(str(cast.dana.pk), "--to", str(target))
    assert not target.exists()
