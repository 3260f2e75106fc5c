"""Rasterize SVG pictures to PNG with typst."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import typst

BATCH_SIZE = 40  # pictures in one process


def rasterize(pictures: Sequence[str], width: int) -> Iterator[bytes]:
    """Yield each 400×300 SVG as a PNG, in order, ``width`` pixels width."""
    batches = [(pictures[start : start + BATCH_SIZE], width) for start in range(0, len(pictures), BATCH_SIZE)]
    # typst keeps all its pictures, about three megabytes each: a new process a batch frees them.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for batch in pool.imap(_rasterize_batch, batches, chunksize=1):
            yield from batch


def _rasterize_batch(batch: tuple[Sequence[str], int]) -> list[bytes]:
    pictures, width = batch
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, text in enumerate(pictures):
            (folder / f"{number}.svg").write_text(text, encoding="utf-8")
        pages = "#pagebreak()\n".join(f'#image("{number}.svg", width: 400pt)\n' for number in range(len(pictures)))
        (folder / "all.typ").write_text(
            f"#set page(width: 400pt, height: 300pt, margin: 0pt)\n{pages}", encoding="utf-8"
        )
        images = typst.compile(str(folder / "all.typ"), format="png", ppi=72 * width / 400)
    return list(images) if isinstance(images, list) else [images]
