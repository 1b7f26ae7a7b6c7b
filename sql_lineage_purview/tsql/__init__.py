"""Bytes of a file to its facts; the only room that knows the parser library."""

from __future__ import annotations

from .compilation import CompileOptions, compile_file

__all__ = ["CompileOptions", "compile_file"]
