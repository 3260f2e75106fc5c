"""`python -m bench [name …]`: run the benchmarks (all, or those named) and print `name: value` lines.

A benchmark is a module of this package with `run() -> Iterator[tuple[str, float]]`; adding the file adds
it. Modules without `run` are material for the others. A benchmark that breaks is named on stderr, the
others still run, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator

import bench

Run = Callable[[], Iterator[tuple[str, float]]]


def benchmarks() -> dict[str, Run]:
    """Every benchmark of the package by name, in alphabetical order."""
    found: dict[str, Run] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(bench.__path__)):
        if module != "__main__":
            run = getattr(importlib.import_module(f"bench.{module}"), "run", None)
            if run is not None:
                found[module] = run
    return found


def show(value: float) -> str:
    """Whole numbers plain, others to four significant digits."""
    return str(int(value)) if value == int(value) else f"{value:.4g}"


def main(arguments: list[str] | None = None) -> int:
    """Run and print; 0 when every benchmark ran."""
    available = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(available))
    names = parser.parse_args(arguments).names
    if unavailable := sorted(set(names) - set(available)):
        parser.error(f"no benchmark {', '.join(unavailable)}; there are {', '.join(available)}")
    broken = 0
    for name in names or available:
        try:
            for label, value in available[name]():
                print(f"{label}: {show(value)}", flush=True)
        except Exception:
            broken = 1
            print(f"benchmark {name} broke:", file=sys.stderr)
            traceback.print_exc()
    return broken


if __name__ == "__main__":
    sys.exit(main())
