"""Writing files so that nobody ever reads half of one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_whole(path: Path, pieces: Iterable[str]) -> None:
    """Write the pieces of a text to a file (UTF-8, newlines as they are) as a whole.

    A reader sees the old content or the new, never a part.

    Whatever has the name gives way, so that no link leads the text to another place, and no pipe is
    waited for.

    Raises:
        OSError: the folder does not exist, or cannot be written.
    """
    import secrets  # noqa: PLC0415 - for those alone who write: it loads what encrypts
    import shutil  # noqa: PLC0415 - the same

    # in the same folder, since a file is replaced at once only within one file system
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(temporary, pieces, "x")
        if path.is_file() and not path.is_symlink():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_result(path: Path, pieces: Iterable[str]) -> None:
    """Write what a person asked for where they said, through links.

    To what is no regular file (a device, a pipe) directly.

    Raises:
        OSError: the folder does not exist, or cannot be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        _write(path, pieces, "w")
    else:
        write_whole(path, pieces)


def _write(path: Path, pieces: Iterable[str], mode: str) -> None:
    with path.open(mode, encoding="utf-8", errors="backslashreplace", newline="") as stream:
        stream.writelines(pieces)
