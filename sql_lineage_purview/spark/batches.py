"""What executors do: batches of a table's rows to batches of another one, row by row."""

from __future__ import annotations

import gc
import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from ..model.document import Document
from ..model.facts import FileFacts
from ..model.garbage import collect_seldom
from ..model.limits import SCRIPT_BYTES
from ..project.reading.cache import load_entry
from ..project.reading.compilation import Task, compile_to_entry, may_succeed_later
from ..tsql import CompileOptions

DESCRIBED = "path string, hash string, size long, content binary"
COMPILED = "key string, facts binary, failed boolean"

# Executors compile no script that brings in another one, so none is looked for.
_NOWHERE = Path("/")


def describe_batches(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Files (`path`, `content`) as `DESCRIBED`.

    They have content where the search for scripts reads it: in all files but scripts, and in those
    that may bring in others.
    """
    for batch in batches:
        rows = [_described(*row) for row in zip(batch["path"], batch["content"], strict=True)]
        yield pd.DataFrame(rows, columns=["path", "hash", "size", "content"])


def fetch_batches(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Files (`path`, `content`) as `DESCRIBED`, with all content."""
    for batch in batches:
        rows = [
            (path, *_measured(data), data)
            for path, data in zip(batch["path"], map(_data, batch["content"]), strict=True)
        ]
        yield pd.DataFrame(rows, columns=["path", "hash", "size", "content"])


def compile_batches(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Scripts (`key`, `options`, `content`) as `COMPILED`."""
    for batch in batches:
        with collecting_seldom():
            columns = (batch[name] for name in ("key", "options", "content"))
            rows = [(key, *compiled(_task(*script))) for key, *script in zip(*columns, strict=True)]
        yield pd.DataFrame(rows, columns=["key", "facts", "failed"])


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Let Python look seldom for garbage, in a process that is somebody else's before and after."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)


def compiled(task: Task) -> tuple[bytes, bool]:
    """The facts of a script as they stand in the table; did it fail, so that it is tried anew?"""
    entry = compile_to_entry(task)
    return zlib.compress(entry.encode()), may_succeed_later(load_entry(entry)[0])


def facts_in(column: bytes) -> FileFacts:
    """The facts that `compiled` put into the table.

    Raises:
        ValueError: they are damaged, or of another version.
    """
    try:
        return load_entry(zlib.decompress(column).decode())[0]
    except zlib.error as error:
        raise ValueError(f"damaged facts: {error}") from None


def options_column(options: CompileOptions) -> str:
    """Options as they are sent to executors."""
    return json.dumps([options.variables, options.is_tsql])


def _task(options: str, content: object) -> Task:
    variables, is_tsql = json.loads(options)
    pairs = tuple((name, value) for name, value in variables)
    return Task(Document(_NOWHERE, _data(content)), _NOWHERE, CompileOptions(pairs, is_tsql))


def _described(path: str, content: object) -> tuple[str, str, int, bytes | None]:
    data = _data(content)
    is_script = path.lower().endswith(".sql") and not Document(_NOWHERE, data).may_include
    return path, *_measured(data), None if is_script or len(data) > SCRIPT_BYTES else data


def _measured(data: bytes) -> tuple[str, int]:
    return hashlib.sha256(data).hexdigest(), len(data)


def _data(content: object) -> bytes:
    """Bytes, or text as UTF-8; an encrypted module has no text."""
    if isinstance(content, str):
        return content.encode("utf-8", "backslashreplace")
    return bytes(content) if isinstance(content, bytes | bytearray | memoryview) else b""
