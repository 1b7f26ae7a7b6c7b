"""The project that a single script belongs to: the other scripts there define what it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .configuring.settings import Settings


def project_folder(script: Path, settings: Settings) -> Path | None:
    """The folder of the configuration file, else the nearest one above that git keeps, else None."""
    if settings.base:
        return settings.base
    return next((folder for folder in script.resolve().parents if (folder / ".git").exists()), None)
