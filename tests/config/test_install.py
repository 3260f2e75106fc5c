"""When .venv is made and when it is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import install
from config.local_run.supervise import Tree


class Recorder(Tree):
    """A tree that runs nothing and remembers what it was asked; commands with `fails` in them end with 1."""

    def __init__(self, fails: str = "nothing") -> None:
        super().__init__()
        self.fails = fails
        self.asked: list[str] = []

    def run(self, name: str, command: list[str], *, keep_output: bool = False, **env: str) -> tuple[int, str]:
        self.asked.append(" ".join(command[1:]))
        return int(self.fails in self.asked[-1]), ""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two requirements files and a .venv that has a Python."""
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    (tmp_path / "run.txt").write_text("Django==5.2\n")
    (tmp_path / "dev.txt").write_text("-r run.txt\npytest==9\n")
    return tmp_path


def test_packages_are_installed_once(project: Path) -> None:
    tree = Recorder()
    install.install(tree, project / "run.txt")
    assert sum("pip install" in command for command in tree.asked) == 1
    again = Recorder()
    install.install(again, project / "run.txt")
    assert again.asked == []


def test_a_changed_file_is_installed_again_also_when_only_the_included_one_changed(project: Path) -> None:
    install.install(Recorder(), project / "dev.txt")
    (project / "run.txt").write_text("Django==5.3\n")
    tree = Recorder()
    install.install(tree, project / "dev.txt")
    assert f"--requirement {project / 'dev.txt'}" in tree.asked[-1]


def test_what_the_development_packages_include_need_not_be_installed_again(project: Path) -> None:
    install.install(Recorder(), project / "dev.txt")
    tree = Recorder()
    install.install(tree, project / "run.txt")
    assert tree.asked == []


def test_a_failed_install_is_tried_again_next_time(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"could not install run\.txt"):
        install.install(Recorder(fails="pip install"), project / "run.txt")
    assert not install.is_installed(project / "run.txt")


def test_a_broken_environment_is_made_anew(project: Path) -> None:
    tree = Recorder(fails="import pip")
    install.install(tree, project / "run.txt")
    assert any("-m venv --clear" in command for command in tree.asked)


def test_a_python_without_venv_is_told_what_is_missing(project: Path) -> None:
    (project / ".venv" / "bin" / "python").unlink()
    with pytest.raises(SystemExit, match="python3-venv"):
        install.install(Recorder(fails="-m venv"), project / "run.txt")
