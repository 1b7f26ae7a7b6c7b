"""Bytes of a file to its facts; the only room that knows the parser library."""

from __future__ import annotations

from .compiling.file_compiler import CompileOptions, StringCompiler, compile_file, compile_string

__all__ = ["CompileOptions", "StringCompiler", "compile_file", "compile_string"]
