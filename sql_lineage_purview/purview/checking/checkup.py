"""What a check of the account finds, step by step."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Health(StrEnum):
    """What became of a step."""

    OK = "ok"
    WARNING = "warn"
    FAILED = "fail"
    SKIPPED = "skip"


class Finding(Struct, frozen=True):
    """A step, what became of it, and what to do.

    Args:
        step: What was looked at.
        health: What became of it.
        message: What was found.
        remedy: What to do about it; empty where nothing need be.
        network: Was it the network that failed, or the sign-in, and not a setting or role?
        details: More lines, for a person who wants to know why.
    """

    step: str
    health: Health
    message: str
    remedy: str = ""
    network: bool = False
    details: tuple[str, ...] = ()
