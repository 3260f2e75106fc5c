"""Read imports out of source text and hold them against floors; the floors are in tests/test_architecture.py."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class House:
    """Which part may import which.

    Attributes:
        floors: from the top down; each a set of parts, named by the module they begin with.
        beside: parts that every floor may use and that use no part themselves.
        allowed: pairs of siblings of which the first may import the second all the same.
        closed: parts that nobody may import.
    """

    floors: Sequence[frozenset[str]]
    beside: frozenset[str] = frozenset()
    allowed: frozenset[tuple[str, str]] = frozenset()
    closed: frozenset[str] = frozenset()

    def part(self, module: str) -> str | None:
        """The part a module belongs to, by the longest name that it begins with."""
        parts = self.beside.union(*self.floors)
        fitting = [part for part in parts if module == part or module.startswith(part + ".")]
        return max(fitting, key=len, default=None)

    def height(self, part: str) -> int:
        """0 is the lowest floor; what stands beside is below all of them."""
        heights = {name: place for place, floor in enumerate(reversed(self.floors)) for name in floor}
        return heights.get(part, -1)

    def broken(self, sources: Sources) -> list[str]:
        """One line for every import that a reviewer would have to refuse."""
        roots = {path.split("/")[0] for path in sources}
        return [
            f"{found}: {why}"
            for found in imports(sources)
            if found.target.split(".")[0] in roots and (why := self._complaint(found))
        ]

    def _complaint(self, found: Import) -> str | None:
        source, target = self.part(found.module), self.part(found.target)
        if source is None or target is None:
            return f"{found.module if source is None else found.target} stands on no floor; give it one in FLOORS"
        if source == target:
            return None
        if target in self.closed:
            return f"nobody imports {target}"
        if source in self.beside:
            return f"{source} uses nothing of ours"
        if self.height(target) > self.height(source):
            return "that arrow goes up"
        if self.height(target) == self.height(source) and (source, target) not in self.allowed:
            return "siblings on a floor do not import each other"
        return None
