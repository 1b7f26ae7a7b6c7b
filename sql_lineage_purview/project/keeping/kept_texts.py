"""Texts that were made of a graph before, so that the next run need not make them again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from ..storing.cache_folder import open_store
from .kept_blobs import KeptBlobs, Packing, text_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ...model.graph import LineageGraph
    from ...render.format import Rendered

# What is read by programs again and again; a page, say, is made anew.
TEXT_FORMATS = ("json", "csv")

_MOST_CHARACTERS = 64 << 20


class KeptTexts(Struct, frozen=True):
    """The texts of one kept scan.

    Args:
        folder: that of the cache.
        key: that of the scan.
        mark: what the blobs of the scan begin with.
        blobs: the texts that are kept by the names of their formats, as they are in the store.
    """

    folder: Path
    key: bytes
    mark: bytes
    blobs: Mapping[str, bytes]

    def text(
        self, name: str, graph: LineageGraph, render: Callable[[LineageGraph], Rendered]
    ) -> Rendered:
        """The text of a graph in a format, kept (where it is one of `TEXT_FORMATS`) or made.

        Args:
            name: that of the format.
            graph: the graph of the scan.
            render: makes the text.
        """
        if name not in TEXT_FORMATS:
            return render(graph)
        if blob := self.blobs.get(name):
            try:
                return text_in(blob)
            except ValueError:
                pass
        rendered = render(graph)
        if isinstance(rendered, str):
            return "".join(self._kept(name, iter((rendered,))))
        return self._kept(name, rendered) if isinstance(rendered, Iterator) else rendered

    def _kept(self, name: str, pieces: Iterator[str]) -> Iterator[str]:
        """The same pieces; behind the last one their text is kept, unless it is long."""
        packing = Packing()
        remaining = _MOST_CHARACTERS
        for piece in pieces:
            remaining -= len(piece)
            if remaining >= 0:
                packing.add(piece)
            yield piece
        if remaining >= 0:
            # opened anew: that of the scan was closed with it
            with open_store(self.folder) as store:
                KeptBlobs(store, self.key).put_packed(text_name(name), packing, self.mark)


def text_name(format_name: str) -> str:
    """What the text of a format is called among the blobs of a scan."""
    return f"text {format_name}"
