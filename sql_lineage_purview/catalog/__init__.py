"""Where columns come from."""

from __future__ import annotations

from .ddl import read_definitions

__all__ = ["read_definitions"]
