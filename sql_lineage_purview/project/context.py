"""The project that a single script belongs to: the other scripts there define what it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def project_folder(script: Path, base: Path | None) -> Path | None:
    """The folder of the configuration file (`base`), else the nearest one that git keeps.

    None where there is neither.
    """
    if base:
        return base
    return next((folder for folder in script.resolve().parents if (folder / ".git").exists()), None)
