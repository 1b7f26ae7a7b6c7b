"""Writing files so that nobody ever reads half of one."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a text file (UTF-8, newlines as they are): a reader sees the old content or the new, never a part.

    What is no regular file (a device, a pipe) is written to directly.

    Raises:
        OSError: the folder does not exist, or cannot be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        _write(path, text, "w")
        return
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(temporary, text, "x")
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _write(path: Path, text: str, mode: str) -> None:
    with path.open(mode, encoding="utf-8", errors="backslashreplace", newline="") as stream:
        stream.write(text)
