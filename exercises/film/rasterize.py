"""SVG pictures → PNG, by typst."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import typst

BATCH_SIZE = 40  # pictures that are painted in one go


def rasterize(pictures: Sequence[str], wide: int) -> Iterator[bytes]:
    """Each 400×300 SVG as a PNG, in order, so many pixels wide."""
    batches = [(pictures[start : start + BATCH_SIZE], wide) for start in range(0, len(pictures), BATCH_SIZE)]
    # typst keeps all that it has painted, some three megabytes a picture: a fresh process a batch forgets it.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for batch in pool.imap(_rasterize_batch, batches, chunksize=1):
            yield from batch


def _rasterize_batch(work: tuple[Sequence[str], int]) -> list[bytes]:
    pictures, wide = work
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for number, text in enumerate(pictures):
            (place / f"{number}.svg").write_text(text, encoding="utf-8")
        pages = "#pagebreak()\n".join(f'#image("{number}.svg", width: 400pt)\n' for number in range(len(pictures)))
        (place / "all.typ").write_text(
            f"#set page(width: 400pt, height: 300pt, margin: 0pt)\n{pages}", encoding="utf-8"
        )
        done = typst.compile(str(place / "all.typ"), format="png", ppi=72 * wide / 400)
    return list(done) if isinstance(done, list) else [done]
