"""Read imports out of source text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Sources = Mapping[str, str]  # path from the root, with slashes → text


@dataclass(frozen=True)
class Import:
    """One module taken in by another, wherever in the file it is said."""

    path: str
    line: int
    module: str
    target: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.target}"


def read(root: Path, folders: Iterable[str]) -> dict[str, str]:
    """Every Python file of these folders but migrations, which quote the past."""
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths if "migrations" not in path.parts}


def module_of(path: str) -> str:
    """``clinic/flags/__init__.py`` → ``clinic.flags``."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(sources: Sources) -> Iterator[Import]:
    """All imports, those in function bodies and under TYPE_CHECKING too; of names in quotes, import_module's."""
    known = {module_of(path) for path in sources}
    for path, text in sources.items():
        for node in ast.walk(ast.parse(text, path)):
            for target in _targets(node, path, known):
                yield Import(path, getattr(node, "lineno", 0), module_of(path), target)


def _targets(node: ast.AST, path: str, known: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        origin = _origin(node, path)
        names = [f"{origin}.{alias.name}" for alias in node.names]
        submodules = [name for name in names if name in known]
        yield from submodules
        if len(submodules) < len(names):
            yield origin
    elif isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in {"import_module", "import_string", "__import__"} and node.args:
            yield from (said.value for said in node.args[:1] if isinstance(said, ast.Constant))


def _origin(node: ast.ImportFrom, path: str) -> str:
    if not node.level:
        return node.module or ""
    package = module_of(path).split(".")
    climbs = node.level - path.endswith("/__init__.py")
    return ".".join(package[: len(package) - climbs] + ([node.module] if node.module else []))
