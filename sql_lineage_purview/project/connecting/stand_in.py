"""What stands in for an account on this machine: how it is opened is the caller's business."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeAlias

from ..project_errors import ConfigurationError

if TYPE_CHECKING:
    from ...purview.transport.http import LocalService
    from ..configuring.settings import Settings

StandIn: TypeAlias = "Callable[[Settings], AbstractContextManager[LocalService]]"
"""Opens the stand-in that settings describe, filled as they say."""


def no_stand_in(_settings: Settings) -> AbstractContextManager[LocalService]:
    """What is opened where there is none.

    Raises:
        ConfigurationError: always.
    """
    raise ConfigurationError(
        "The endpoint is the emulator, and there is none here: name an account."
    )
