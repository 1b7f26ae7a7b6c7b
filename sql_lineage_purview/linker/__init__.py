"""Facts and a catalogue to the lineage graph: pure, no parser, no input or output."""

from __future__ import annotations

from .knowledge import LinkOptions
from .linking import link

__all__ = ["LinkOptions", "link"]
