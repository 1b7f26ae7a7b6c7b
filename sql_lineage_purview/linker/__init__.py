"""Facts and a catalogue to the lineage graph: pure, no parser, no input or output."""

from __future__ import annotations

from .context.link_context import LinkOptions
from .linking import Relinked, link, relink
from .reuse.kept_links import KeptLinks

__all__ = ["KeptLinks", "LinkOptions", "Relinked", "link", "relink"]
