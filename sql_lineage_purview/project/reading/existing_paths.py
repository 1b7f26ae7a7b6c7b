"""Paths that somebody has named: a file or folder is there, or the scan ends."""

from __future__ import annotations

from pathlib import Path

from ...model.file_view import view_of
from ...model.opening import exists, is_file, is_folder, true_path
from ..project_errors import PathError


def existing(path: Path) -> Path:
    """Where links lead from a path that was named.

    Raises:
        PathError: there is neither a file nor a folder.
    """
    try:
        location = _strict_true_path(path)
        if is_folder(location) or is_file(location):
            return location
    except FileNotFoundError:
        raise PathError(
            f"{path}: no such file or folder (looked from {Path.cwd()}). Check the spelling."
        ) from None
    except (OSError, RuntimeError) as error:
        raise PathError(
            f"{path}: cannot be opened ({getattr(error, 'strerror', None) or error})."
        ) from None
    raise PathError(f"{path}: neither a file nor a folder.")


def _strict_true_path(path: Path) -> Path:
    """Where links lead from a path.

    Raises:
        FileNotFoundError: nothing is there.
        OSError: it cannot be followed.
        RuntimeError: links lead back to themselves.
    """
    if not view_of(path.absolute()):
        return path.resolve(strict=True)
    location = true_path(path.absolute())
    if not exists(location):
        raise FileNotFoundError(path)
    return location
