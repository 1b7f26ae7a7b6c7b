"""What can be chosen about the emulator; the defaults follow the real service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Treatment = Literal["ignore", "refuse"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes above which a request is refused.

    The sizes of assets are Purview's published quotas of 2022 (how-to-manage-quotas); the length of an address is inferred
    from https://github.com/Azure/azure-sdk-for-python/issues/39935. The real service's exact answer to most is not known.

    Attributes:
        url_bytes: Path and query of an address.
        query_value: Characters of one value in path or query.
        property_bytes: Name and value of one attribute, in UTF-8.
        name_bytes: The attribute `name`.
        asset_bytes: All attributes of one entity.
        entities: Entities of one request; None for no limit, as nothing is published.
    """

    url_bytes: int = 8 * 1024
    query_value: int = 4096
    property_bytes: int = 32 * 1024
    name_bytes: int = 4 * 1024
    asset_bytes: int = 2 * 1024 * 1024
    entities: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How the emulator behaves where the real service's behaviour is a choice or is not certain.

    Attributes:
        limits: Sizes above which a request is refused.
        undeclared_attributes: What happens to attributes that the type does not declare. The service swallows them in
            silence; to refuse them finds such mistakes at once.
        existing_types: The answer to POST of a type that exists: refuse is a 409, as Atlas does; ignore keeps the old one.
        collection: The name of the root collection, where new entities land.
    """

    limits: Limits = field(default_factory=Limits)
    undeclared_attributes: Treatment = "ignore"
    existing_types: Treatment = "refuse"
    collection: str = "emulator"
