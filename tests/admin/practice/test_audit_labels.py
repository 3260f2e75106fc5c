"""Every act that the source records has its words in the owner's book, and so has every kind of row."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.admin.practice import audit_labels
from clinic.models import FlagEvent, Practitioner, Prescription
from clinic.practice.settings import SETTINGS
from exercises.models import Media

CLINIC = Path(audit_labels.__file__).parents[2]
# An act whose code is put together as it happens, as it stands in the source, and all that can come of it.
MADE = {
    "{'active': 'resumed'}.get(to, to)": {"resumed", str(Prescription.State.ENDED)},
    "f'flag-{verb}'": {f"flag-{verb}" for verb in FlagEvent.Verb.values},
    "f'made_{role}'": {f"made_{role}" for role in Practitioner.Role.values},
    "f'{kind}-uploaded'": {f"{kind}-uploaded" for kind in Media.Kind.values},
    "f'{media.kind}-removed'": {f"{kind}-removed" for kind in Media.Kind.values},
    "f\"{name.replace('_', '-')}-changed\"": {f"{name.replace('_', '-')}-changed" for name in SETTINGS},
}
WORDED = {verb for _heading, some in audit_labels.GROUPS for verb in some}


def recorded(tree: ast.Module) -> Iterator[ast.expr]:
    """The code handed to the audit at each place; where a function of the module is given it, at each call of that."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for function in [None, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]:
        for call in calls:
            if (
                ast.unparse(call.func) not in {"audit.record", "audit.record_all"}
                or _around(tree, call) is not function
            ):
                continue
            verb = call.args[1]
            if not isinstance(verb, ast.Name):
                yield verb
                continue
            assert function is not None
            names = [argument.arg for argument in function.args.args]
            given = [one for one in calls if ast.unparse(one.func) == function.name]
            assert given, f"{function.name} is given {verb.id} from elsewhere"
            yield from (one.args[names.index(verb.id)] for one in given)


def _around(tree: ast.Module, call: ast.Call) -> ast.FunctionDef | None:
    holding = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and call in ast.walk(node)]
    return holding[-1] if holding else None


def verbs(code: ast.expr) -> set[str]:
    """Every code that an expression can be."""
    if isinstance(code, ast.IfExp):
        return verbs(code.body) | verbs(code.orelse)
    if isinstance(code, ast.Constant):
        return {str(code.value)}
    return MADE[ast.unparse(code)]  # an expression that is not there: add what it can become


def test_every_act_that_is_recorded_has_words_and_no_others_have():
    found: set[str] = set()
    for path in CLINIC.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for code in recorded(tree):
            found |= verbs(code)
    assert len(found) > 90
    assert found - WORDED == set(), "no words"
    assert WORDED - found == set(), "recorded nowhere"


def test_no_act_stands_in_two_groups():
    assert len(WORDED) == sum(len(some) for _heading, some in audit_labels.GROUPS)


def test_no_two_acts_are_called_alike():
    said = [audit_labels.act(verb) for verb in WORDED]
    assert len(said) == len(set(said))


def test_the_audit_is_written_by_its_own_module_alone():
    for path in CLINIC.rglob("*.py"):
        if path.name != "audit.py":
            assert "AuditEntry.objects.create(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["of-later", ""])
def test_a_code_without_words_stays_as_it_is(code):
    assert audit_labels.act(code) == code
    assert audit_labels.kind(code) == code
